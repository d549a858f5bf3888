/// One value or member name of a JSON text: what it is, where it stands, and what follows it.
///
/// 16 bytes: a text whose tokens are single digits takes eight times its own bytes while it is read.
struct JSONToken: BitwiseCopyable {
    /// What a value is.
    enum Kind: UInt8, BitwiseCopyable {
        case null, `true`, `false`, string
        /// A number of at most 18 digits without fraction and exponent, which is ``integer``.
        case integer
        /// Any other run of the characters of a number; whether it is one shows when it is read.
        case number
        case array, object
    }

    /// What to know of a string, or of an object's names.
    struct Traits: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// A string without escapes and control characters.
        static let plain = Traits(rawValue: 1)
        /// A string of ASCII.
        static let ascii = Traits(rawValue: 2)
        /// An object of which two names are the same, or may be where there are very many.
        static let repeating = Traits(rawValue: 4)
        /// An object that has a name with escapes or beyond ASCII.
        static let unusual = Traits(rawValue: 8)
    }

    let kind: Kind
    var traits: Traits = []
    /// The offset of the first byte, of a string the one behind its quote.
    let start: UInt32
    private var payload: UInt64

    init(_ kind: Kind, at start: Int) {
        (self.kind, self.start, payload) = (kind, UInt32(truncatingIfNeeded: start), 0)
    }

    init(_ kind: Kind, at start: Int, length: Int, _ traits: Traits = []) {
        self.init(kind, at: start)
        self.traits = traits
        payload = UInt64(truncatingIfNeeded: length)
    }

    init(integer: Int64, at start: Int) {
        self.init(.integer, at: start)
        payload = UInt64(bitPattern: integer)
    }

    /// Bytes of a string between its quotes, or of a number.
    var length: Int { Int(truncatingIfNeeded: payload) }
    /// The value of an `integer`.
    var integer: Int64 { Int64(bitPattern: payload) }
    /// Elements of an array, members of an object.
    var count: Int { Int(truncatingIfNeeded: payload & 0xFFFF_FFFF) }
    /// The token behind an array's or an object's last one.
    var end: Int { Int(truncatingIfNeeded: payload >> 32) }

    /// Closes an array or an object.
    mutating func close(count: Int, end: Int) {
        payload = UInt64(truncatingIfNeeded: count) | UInt64(truncatingIfNeeded: end) << 32
    }
}

/// A text is not JSON, or a number or a string in it is none; found by the scan or when the value is read.
struct JSONMalformed: Error {}
