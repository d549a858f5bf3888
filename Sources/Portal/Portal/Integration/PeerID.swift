/// The id of a record in another program: a text, or a number that is kept as its text.
public struct PeerID: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The most bytes of an id.
    public static let bytesMax = 128

    /// The id as text.
    public let description: String

    /// Makes an id from a text.
    public init(_ text: String) { description = text }

    /// Decodes a text of 1 to ``bytesMax`` bytes without control characters, or an integer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            description = String(number)
            return
        }
        description = try container.decode(String.self)
        let isPrintable = description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard (1...Self.bytesMax).contains(description.utf8.count), isPrintable else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "An id has 1 to 128 bytes.")
        }
    }

    /// Encodes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
