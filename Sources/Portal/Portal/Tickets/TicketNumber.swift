/// The number by which people speak of a ticket: a running number, or a text that an import brought.
public struct TicketNumber: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The number as text.
    public let description: String
    private let value: Int64?

    /// Makes a running number.
    public init(_ value: Int64) {
        self.value = value
        description = String(value)
    }

    private init(text: String) {
        value = nil
        description = text
    }

    /// Decodes an integer or a text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int64.self) {
            self.init(value)
        } else {
            self.init(text: try container.decode(String.self))
        }
    }

    /// Encodes what was decoded: an integer as an integer, so that an index orders it as one.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encode(description) }
    }

    /// The number, where it is one.
    public var integer: Int64? { value }
}
