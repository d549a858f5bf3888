/// The name of a queue: 3 to 63 characters of `a-z`, `0-9` and single dashes inside, as Azure Storage queues.
public struct QueueName: Sendable, Hashable, CustomStringConvertible {
    /// The validated text.
    public let description: String

    /// Makes a name.
    ///
    /// - Throws: ``StoreError`` with code `invalidName` when the text breaks the rule.
    public init(_ text: String) throws(StoreError) {
        var previous = UInt8(ascii: "-")
        var isValid = (3...63).contains(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "-") where previous != UInt8(ascii: "-"): break
            default: isValid = false
            }
            previous = byte
        }
        guard isValid, previous != UInt8(ascii: "-") else {
            throw StoreError(
                .invalidName,
                "'\(text)' is not a valid queue name. Use 3 to 63 characters of a-z, 0-9 and single dashes inside."
            )
        }
        description = text
    }

    /// True for a queue that takes what another could not deliver: its name ends with `-poison`.
    public var isPoison: Bool { description.hasSuffix(Self.poisonSuffix) }

    private static let poisonSuffix = "-poison"

    /// The queue that takes the messages which this one could not deliver: `<queue>-poison`.
    ///
    /// - Throws: ``StoreError`` when the longer name exceeds 63 characters.
    public var poison: QueueName {
        get throws(StoreError) { try QueueName(description + Self.poisonSuffix) }
    }
}
