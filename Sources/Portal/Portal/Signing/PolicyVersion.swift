/// A policy's version, a text or a whole number as Legal counts; it goes back to Legal in the form it came.
public struct PolicyVersion: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The version as text.
    public let description: String
    private let isNumber: Bool

    /// The most bytes of a version.
    public static let bytesMax = 40

    /// Makes a version from its text; nil when it is empty, too long or has characters other than `A-Z a-z 0-9 . _ -`.
    public init?(_ text: String) {
        guard isPolicyName(text, bytesMax: PolicyVersion.bytesMax) else { return nil }
        description = text
        isNumber = false
    }

    /// Two versions are the same when their texts are, so `3` is `"3"`.
    public static func == (left: PolicyVersion, right: PolicyVersion) -> Bool { left.description == right.description }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Decodes a text or a whole number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            description = String(number)
            isNumber = true
            return
        }
        guard let value = PolicyVersion(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "A version has 1 to 40 of the characters A-Z a-z 0-9 . _ -."
            )
        }
        self = value
    }

    /// Encodes the form it was decoded from.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if isNumber, let number = Int64(description) {
            try container.encode(number)
        } else {
            try container.encode(description)
        }
    }
}

/// True for a text that can stand in a URL's path and a document's id as it is.
func isPolicyName(_ text: String, bytesMax: Int) -> Bool {
    (1...bytesMax).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
}
