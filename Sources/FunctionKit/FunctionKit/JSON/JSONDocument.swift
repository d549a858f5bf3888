import Glibc

/// A JSON text and the list of its tokens.
///
/// It has a copy of the text, so that pointers into it are good for as long as the document is.
final class JSONDocument {
    /// The most bytes of a text: offsets have 32 bits.
    static let bytesMax = Int(UInt32.max)

    private let text: GrowingBuffer<UInt8>
    let tokens: GrowingBuffer<JSONToken>

    /// Reads a text in UTF-8, from `start` on.
    ///
    /// - Throws: ``JSONMalformed`` for what is no JSON text, and for one beyond ``bytesMax``.
    init(_ bytes: [UInt8], from start: Int = 0) throws(JSONMalformed) {
        guard bytes.count <= Self.bytesMax else { throw JSONMalformed() }
        var text = GrowingBuffer<UInt8>(capacity: bytes.count)
        bytes.withUnsafeBufferPointer { text.append($0) }
        var tokenizer = JSONTokenizer(UnsafeRawBufferPointer(start: text.start, count: text.count), from: start)
        try tokenizer.scan()
        self.text = text
        tokens = tokenizer.list()
    }

    /// The token of the null that stands for what is absent.
    var absent: Int { tokens.count - 1 }

    /// The bytes of a string between its quotes, or of a number; good until the document goes.
    @inline(__always)
    func bytes(of token: JSONToken) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text.start + Int(token.start), count: token.length)
    }

    /// The value of a string.
    ///
    /// - Throws: ``JSONMalformed`` for broken UTF-8, a control character, an unknown escape, half a surrogate pair.
    func string(_ token: JSONToken) throws(JSONMalformed) -> String {
        let text = bytes(of: token)
        if token.traits.contains([.plain, .ascii]) { return String(decoding: text, as: UTF8.self) }
        return try JSONStringValue.read(text, isPlain: token.traits.contains(.plain))
    }
}
