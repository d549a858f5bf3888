/// A document as programs outside hand it over, and as an export writes it: one JSON object with `id`, `created_at` and
/// `updated_at` among its members.
public struct ExternalDocument: Sendable {
    /// The id; nil when there is none.
    public let id: String?
    /// When it was created; nil when it does not say.
    public let createdAt: Timestamp?
    /// When it was last changed; nil when it does not say.
    public let updatedAt: Timestamp?
    /// The other members, in their order, without white space between tokens.
    public let body: [UInt8]

    /// Takes the store's members out of an object.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text, such as a line of a JSON Lines file without its newline.
    ///   - name: how an error names it: `Line 3`.
    /// - Throws: ``StoreError`` with `invalidDocument` for what is no JSON object, an `id` that is no text, or a time that is
    ///   not RFC 3339; with `tooLarge` for one beyond ``StoreLimits``.
    public init(_ bytes: [UInt8], name: @autoclosure () -> String = "The document") throws(StoreError) {
        let slack = 1024
        guard bytes.count <= StoreLimits.documentBytesMax + slack else {
            throw StoreError(
                .tooLarge,
                "\(name()) has \(bytes.count) bytes; a document has at most \(StoreLimits.documentBytesMax)."
            )
        }
        let bytes = try Self.checked(bytes, name())
        var scanner = JSONScanner(bytes[...], in: 0..<bytes.count, keepsMembers: true)
        do throws(JSONFailure) {
            try scanner.scanDocument()
        } catch {
            throw StoreError(error, name())
        }
        var texts: [String: String] = [:]
        var rest: [UInt8] = [UInt8(ascii: "{")]
        for member in scanner.members {
            let memberName = String(decoding: member.name, as: UTF8.self)
            guard DocumentBody.reservedNames.contains(memberName) else {
                if rest.count > 1 { rest.append(UInt8(ascii: ",")) }
                rest.append(contentsOf: bytes[member.range])
                continue
            }
            if bytes[member.value].elementsEqual("null".utf8) { continue }
            var value = JSONScanner(bytes[...], in: member.value)
            guard bytes[member.value.lowerBound] == UInt8(ascii: "\""), let token = try? value.scanString() else {
                throw StoreError(.invalidDocument, "\(name()) has a member '\(memberName)' that is no text.")
            }
            texts[memberName] = String(decoding: value.unescaped(token), as: UTF8.self)
        }
        rest.append(UInt8(ascii: "}"))
        id = texts["id"]
        createdAt = try Self.time(texts["created_at"], "created_at", name())
        updatedAt = try Self.time(texts["updated_at"], "updated_at", name())
        body = rest
    }

    /// The text without white space between tokens; checked before, since `1 2` must not become `12`.
    private static func checked(_ bytes: [UInt8], _ name: String) throws(StoreError) -> [UInt8] {
        var scanner = JSONScanner(bytes[...], in: 0..<bytes.count)
        do throws(JSONFailure) {
            try scanner.scanDocument()
        } catch {
            throw StoreError(error, name)
        }
        return scanner.hasWhitespace ? compactJSON(bytes) : bytes
    }

    private static func time(_ text: String?, _ member: String, _ name: String) throws(StoreError) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(text) else {
            throw StoreError(
                .invalidDocument,
                "\(name) has '\(text)' as '\(member)', which is no RFC 3339 time such as 2026-11-20T12:14:00Z."
            )
        }
        return time
    }
}
