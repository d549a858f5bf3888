/// A JSON object around a document: its members as they stand in the text, so that what is inside is not decoded.
public struct JSONEnvelope: Sendable {
    private let bytes: [UInt8]
    private let members: [JSONScanner.Member]

    /// Reads one object, which may be one level deeper than a document.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text, such as a line of a JSON Lines file without its newline.
    ///   - name: how an error names it: `Line 3`.
    /// - Throws: ``StoreError`` with `invalidDocument` for what is no JSON object, and with `tooLarge` for one that is too deep.
    public init(_ bytes: [UInt8], name: @autoclosure () -> String) throws(StoreError) {
        var scanner = JSONScanner(
            bytes[...],
            in: 0..<bytes.count,
            keepsMembers: true,
            depthMax: StoreLimits.documentDepthMax + 1
        )
        do throws(JSONFailure) {
            try scanner.scanDocument()
        } catch {
            throw StoreError(error, name())
        }
        self.bytes = bytes
        members = scanner.members
    }

    /// The names of the members, in their order.
    public var names: [String] { members.map { String(decoding: $0.name, as: UTF8.self) } }

    /// A member's value as JSON text; nil when there is no such member.
    public func value(_ name: String) -> [UInt8]? {
        members.first { $0.name.elementsEqual(name.utf8) }.map { Array(bytes[$0.value]) }
    }

    /// A member's value, if it is a text.
    public func text(_ name: String) -> String? {
        guard let value = value(name), value.first == UInt8(ascii: "\"") else { return nil }
        var scanner = JSONScanner(value[...], in: 0..<value.count)
        guard let token = try? scanner.scanString() else { return nil }
        return String(decoding: scanner.unescaped(token), as: UTF8.self)
    }
}
