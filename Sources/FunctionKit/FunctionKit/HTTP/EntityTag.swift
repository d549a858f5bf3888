/// A validator of a representation (RFC 9110, section 8.8.3): `"abc"`, or `W/"abc"` for a weak one.
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What stands between the quotes.
    public let opaque: String
    /// Whether it only promises that two representations serve the same end, not that their bytes are equal.
    public let isWeak: Bool

    /// Makes a tag; nil when a character may not stand in one: a quote, a blank, a control character.
    public init?(_ opaque: String, isWeak: Bool = false) {
        guard opaque.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.init(known: opaque, isWeak: isWeak)
    }

    /// Without a check, for what is known to be one.
    init(known opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads a field's value that is one tag; nil for anything else.
    public init?(field: String) {
        var bytes = field.utf8[...]
        guard let tag = Self.take(from: &bytes), bytes.isEmpty else { return nil }
        self = tag
    }

    /// The tag as it stands in a field.
    public var description: String { "\(isWeak ? "W/" : "")\"\(opaque)\"" }

    /// Strong comparison (section 8.8.3.2): true only for the same bytes.
    public func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Weak comparison: the prefix does not matter.
    public func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    /// Whether the values of `If-Match` or `If-None-Match` name this very tag, its prefix included; `*` names none.
    public func isNamed(in values: [String]) -> Bool {
        guard case .tags(let tags) = List(values) else { return false }
        return tags.contains(self)
    }

    /// What `If-Match` and `If-None-Match` hold: any representation (`*`), or a list of which what is no tag is left out.
    enum List {
        case any
        case tags([EntityTag])

        init(_ values: [String]) {
            guard values != ["*"] else {
                self = .any
                return
            }
            var tags: [EntityTag] = []
            for value in values {
                var rest = value.utf8[...]
                while !rest.isEmpty {
                    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == 0x09 || $0 == UInt8(ascii: ",") }
                    if let tag = EntityTag.take(from: &rest) {
                        tags.append(tag)
                    } else {
                        rest = rest.drop { $0 != UInt8(ascii: ",") }
                    }
                }
            }
            self = .tags(tags)
        }

        func contains(_ matches: (EntityTag) -> Bool) -> Bool {
            switch self {
            case .any: true
            case .tags(let tags): tags.contains(where: matches)
            }
        }
    }

    /// Takes a tag off the beginning; nil, with nothing taken, when there is none.
    private static func take(from bytes: inout Substring.UTF8View) -> EntityTag? {
        var rest = bytes
        let isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest = rest.dropFirst()
        let opaque = rest.prefix(while: isAllowed)
        rest = rest.dropFirst(opaque.count)
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        bytes = rest.dropFirst()
        return EntityTag(known: String(Substring(opaque)), isWeak: isWeak)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { byte > 0x20 && byte != UInt8(ascii: "\"") && byte != 0x7F }
}
