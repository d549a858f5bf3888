/// A JSON text and the list of its tokens.
struct JSONDocument {
    /// The most bytes of a text: offsets have 32 bits.
    static let bytesMax = Int(UInt32.max)

    let bytes: [UInt8]
    let tokens: [JSONToken]

    /// Reads a text in UTF-8, from `start` on.
    ///
    /// - Throws: ``JSONMalformed`` for what is no JSON text, and for one beyond ``bytesMax``.
    init(_ bytes: [UInt8], from start: Int = 0) throws(JSONMalformed) {
        guard bytes.count <= Self.bytesMax else { throw JSONMalformed() }
        self.bytes = bytes
        tokens = try bytes.withUnsafeBufferPointer { text throws(JSONMalformed) in
            var tokenizer = JSONTokenizer(UnsafeRawBufferPointer(text), from: start)
            try tokenizer.scan()
            return tokenizer.tokens
        }
    }

    /// The token of the null that stands for what is absent.
    var absent: Int { tokens.count - 1 }

    /// The token behind a value.
    @inline(__always)
    func end(of value: Int) -> Int {
        let token = tokens[value]
        return token.kind == .array || token.kind == .object ? token.end : value + 1
    }

    /// The bytes of a string between its quotes, or of a number.
    @inline(__always)
    func withText<Result, Failure: Error>(
        of token: JSONToken,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { text throws(Failure) in
            let range = Int(token.start)..<Int(token.start) + token.length
            return try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[range])))
        }
    }

    /// The value of a string.
    ///
    /// - Throws: ``JSONMalformed`` for broken UTF-8, a control character, an unknown escape, half a surrogate pair.
    func string(_ token: JSONToken) throws(JSONMalformed) -> String {
        try withText(of: token) { text throws(JSONMalformed) in
            if token.traits.contains([.plain, .ascii]) { return String(decoding: text, as: UTF8.self) }
            return try JSONStringValue.read(text, isPlain: token.traits.contains(.plain))
        }
    }
}
