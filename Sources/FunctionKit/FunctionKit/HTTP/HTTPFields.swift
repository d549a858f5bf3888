/// Header fields in the order they came; names compare without regard to case (RFC 9110, section 5.1).
public struct HTTPFields: Sendable, Hashable, ExpressibleByDictionaryLiteral, RandomAccessCollection {
    /// One field line.
    public struct Field: Sendable, Hashable {
        /// The name as it was written.
        public var name: String
        /// The value without surrounding white space.
        public var value: String

        /// Makes a field line.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    @usableFromInline var fields: [Field]

    /// Makes an empty list.
    public init() { fields = [] }

    /// Makes a list of these field lines.
    public init(_ fields: [Field]) { self.fields = fields }

    /// Makes a list from literal names and values.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first position.
    @inlinable public var startIndex: Int { 0 }
    /// The position behind the last field.
    @inlinable public var endIndex: Int { fields.count }
    /// The field line at a position.
    @inlinable public subscript(position: Int) -> Field { fields[position] }

    /// The value of the first field of this name; setting replaces all of that name, nil removes them.
    public subscript(name: String) -> String? {
        @inlinable
        get {
            // By position: an element in a variable would be retained, and every request is asked for several names.
            for index in fields.indices where equalsIgnoringASCIICase(fields[index].name, name) {
                return fields[index].value
            }
            return nil
        }
        set {
            // Most are new, and a search costs less than a removal that moves nothing.
            if self[name] != nil { fields.removeAll { equalsIgnoringASCIICase($0.name, name) } }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }

    /// The values of all fields of this name, in order.
    public func values(of name: String) -> [String] {
        var values: [String] = []
        for index in fields.indices where equalsIgnoringASCIICase(fields[index].name, name) {
            values.append(fields[index].value)
        }
        return values
    }

    /// Adds a field line behind the others.
    public mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// Makes room for `count` field lines in all.
    public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }
}

/// Compares two texts with `A-Z` and `a-z` taken as equal, as HTTP compares tokens.
@inlinable
public func equalsIgnoringASCIICase(_ left: String, _ right: String) -> Bool {
    // Most names differ in their length, which is all that the caller's own code looks at.
    left.utf8.count == right.utf8.count && equalBytesIgnoringASCIICase(left, right)
}

/// The same for texts of one length.
@usableFromInline
func equalBytesIgnoringASCIICase(_ left: String, _ right: String) -> Bool {
    let (leftBytes, rightBytes) = (left.utf8.span, right.utf8.span)
    for index in leftBytes.indices where leftBytes[index] != rightBytes[index] {
        guard lowercasedASCII(leftBytes[index]) == lowercasedASCII(rightBytes[index]) else { return false }
    }
    return true
}

/// The lower-case form of an ASCII letter; any other byte as it is.
@inlinable
public func lowercasedASCII(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}
