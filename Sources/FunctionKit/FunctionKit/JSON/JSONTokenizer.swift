/// One pass over a JSON text (RFC 8259) that lists its tokens.
///
/// It takes what Foundation's decoder takes: a comma behind the last element or member; and strings and numbers are checked
/// when they are read, so that what nobody asks for may be malformed. Nesting beyond ``depthMax`` is refused.
///
/// The pointer belongs to a buffer that its owner keeps for as long as the tokenizer lives. Bytes are read at places below
/// `end` only: each read follows a comparison with it, or looks back at a place that was read before.
struct JSONTokenizer: ~Copyable {
    /// The most arrays and objects around a value, as Foundation has it.
    static let depthMax = 512
    /// The most members of an object of which one is compared with the others.
    static let comparedMax = 32

    private let text: UnsafeRawBufferPointer
    private let end: Int
    private var place: Int
    private var depth = 0
    private(set) var tokens: GrowingBuffer<JSONToken>

    init(_ text: UnsafeRawBufferPointer, from start: Int) {
        (self.text, end, place) = (text, text.count, start)
        // Five to ten bytes a token are usual; more of them make the buffer grow.
        tokens = GrowingBuffer(capacity: text.count / 6 + 8)
    }

    /// Reads one value that fills the text, and adds a null behind it, which stands for what is absent.
    mutating func scan() throws(JSONMalformed) {
        try scanValue()
        skipWhitespace()
        guard place == end else { throw JSONMalformed() }
        tokens.append(JSONToken(.null, at: end))
    }

    /// The tokens, when all are listed.
    consuming func list() -> GrowingBuffer<JSONToken> { tokens }

    @inline(__always)
    private mutating func skipWhitespace() {
        while place < end, isJSONWhitespace(text[place]) { place &+= 1 }
    }

    /// The next byte that is no white space, which stays.
    @inline(__always)
    private mutating func next() throws(JSONMalformed) -> UInt8 {
        while place < end {
            let byte = text[place]
            if byte > 0x20 || !isJSONWhitespace(byte) { return byte }
            place &+= 1
        }
        throw JSONMalformed()
    }

    private mutating func scanValue() throws(JSONMalformed) {
        let byte = try next()
        switch byte {
        case UInt8(ascii: "\""): tokens.append(try scanString())
        case UInt8(ascii: "{"): try scanObject()
        case UInt8(ascii: "["): try scanArray()
        case UInt8(ascii: "t"): try scanWord("true", .true)
        case UInt8(ascii: "f"): try scanWord("false", .false)
        case UInt8(ascii: "n"): try scanWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): tokens.append(scanNumber())
        default: throw JSONMalformed()
        }
    }

    private mutating func scanWord(_ word: StaticString, _ kind: JSONToken.Kind) throws(JSONMalformed) {
        let length = word.utf8CodeUnitCount
        guard end &- place >= length else { throw JSONMalformed() }
        for index in 0..<length where text[place &+ index] != word.utf8Start[index] { throw JSONMalformed() }
        tokens.append(JSONToken(kind, at: place))
        place &+= length
    }

    private mutating func enter(_ kind: JSONToken.Kind) throws(JSONMalformed) -> Int {
        guard depth < Self.depthMax else { throw JSONMalformed() }
        depth &+= 1
        tokens.append(JSONToken(kind, at: place))
        place &+= 1
        return tokens.count &- 1
    }

    /// Steps over what ends an array or an object, or over the comma before the next value; true at the end.
    @inline(__always)
    private mutating func isEnd(_ closing: UInt8) throws(JSONMalformed) -> Bool {
        let byte = try next()
        if byte == UInt8(ascii: ",") {
            place &+= 1
            guard try next() == closing else { return false }
        } else if byte != closing {
            throw JSONMalformed()
        }
        place &+= 1
        return true
    }

    private mutating func scanArray() throws(JSONMalformed) {
        let token = try enter(.array)
        var count = 0
        if try next() == UInt8(ascii: "]") {
            place &+= 1
        } else {
            repeat {
                try scanValue()
                count &+= 1
            } while try !isEnd(UInt8(ascii: "]"))
        }
        depth &-= 1
        tokens[token].close(count: count, end: tokens.count)
    }

    private mutating func scanObject() throws(JSONMalformed) {
        let token = try enter(.object)
        var names = NameMarks()
        if try next() == UInt8(ascii: "}") {
            place &+= 1
        } else {
            repeat { try scanMember(of: token, &names) } while try !isEnd(UInt8(ascii: "}"))
        }
        depth &-= 1
        tokens[token].close(count: names.count, end: tokens.count)
    }

    @inline(__always)
    private mutating func scanMember(of object: Int, _ names: inout NameMarks) throws(JSONMalformed) {
        guard try next() == UInt8(ascii: "\"") else { throw JSONMalformed() }
        let name = try scanString()
        if name.traits != [.plain, .ascii] { tokens[object].traits.insert(.unusual) }
        if names.mayRepeat(bytes(of: name)), names.count > Self.comparedMax || isName(name, of: object) {
            tokens[object].traits.insert(.repeating)
        }
        tokens.append(name)
        guard try next() == UInt8(ascii: ":") else { throw JSONMalformed() }
        place &+= 1
        try scanValue()
    }

    private func bytes(of token: JSONToken) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[Int(token.start)..<Int(token.start) &+ token.length])
    }

    /// Whether an object, which is not at its end yet, has a member of this name.
    private func isName(_ name: JSONToken, of object: Int) -> Bool {
        var place = object + 1
        while place < tokens.count {
            if tokens[place].length == name.length, bytes(of: tokens[place]).elementsEqual(bytes(of: name)) {
                return true
            }
            let value = tokens[place + 1]
            place = value.kind == .array || value.kind == .object ? value.end : place + 2
        }
        return false
    }

    /// Reads a string from its first quote to its last; what its escapes stand for is not looked at.
    @inline(__always)
    private mutating func scanString() throws(JSONMalformed) -> JSONToken {
        place &+= 1
        let start = place
        var traits: JSONToken.Traits = [.plain, .ascii]
        while true {
            place =
                traits.contains(.ascii)
                ? JSONPlainText.endOfASCII(text, from: place, to: end)
                : JSONPlainText.endOfUnescaped(text, from: place, to: end)
            guard place < end else { throw JSONMalformed() }
            switch text[place] {
            case UInt8(ascii: "\""):
                place &+= 1
                return JSONToken(.string, at: start, length: place &- 1 &- start, traits)
            case UInt8(ascii: "\\"):
                traits.remove(.plain)
                try skipEscape()
                continue
            case 0..<0x20: traits.remove(.plain)
            case 0x80...: traits.remove(.ascii)
            default: break
            }
            place &+= 1
        }
    }

    private mutating func skipEscape() throws(JSONMalformed) {
        guard end &- place >= 2 else { throw JSONMalformed() }
        guard text[place &+ 1] == UInt8(ascii: "u") else {
            // A byte beyond ASCII is no escape, but it tells what the string is.
            place &+= text[place &+ 1] < 0x80 ? 2 : 1
            return
        }
        guard end &- place >= 6 else { throw JSONMalformed() }
        for index in 2..<6 where text[place &+ index] == UInt8(ascii: "\"") { throw JSONMalformed() }
        place &+= 6
    }

    /// Steps over the characters that numbers have, and keeps the value of a short integer.
    @inline(__always)
    private mutating func scanNumber() -> JSONToken {
        let start = place
        let isNegative = text[place] == UInt8(ascii: "-")
        if isNegative { place &+= 1 }
        let first = place
        var value: Int64 = 0
        while place < end, case let digit = text[place] &- UInt8(ascii: "0"), digit < 10 {
            value = value &* 10 &+ Int64(digit)
            place &+= 1
        }
        let digits = place &- first
        guard place < end, Self.isNumeric(text[place]) else {
            // Neither minus zero nor a zero in front, and no more digits than Int64 has room for.
            let isShort =
                digits == 1 ? !isNegative || value != 0 : digits > 1 && digits <= 18 && text[first] != UInt8(ascii: "0")
            if isShort { return JSONToken(integer: isNegative ? 0 &- value : value, at: start) }
            return JSONToken(.number, at: start, length: place &- start)
        }
        while place < end, Self.isNumeric(text[place]) { place &+= 1 }
        return JSONToken(.number, at: start, length: place &- start)
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
