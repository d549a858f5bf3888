/// Why a text is not the JSON that a configuration file may hold.
package struct LenientJSONError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, without the place: `expected ',' or '}'`.
    package var reason: String
    /// Where it is wrong.
    package var position: SourcePosition

    /// `line 3, column 7: expected ',' or '}'`.
    package var description: String { "\(position): \(reason)" }
}

/// Reads JSON as Azure reads its configuration files: a byte order mark, `//` and `/* */` comments, trailing commas,
/// single-quoted strings and unquoted names are fine, and so is UTF-16 with its mark, as some Windows tools write it. Everything
/// else is RFC 8259.
package enum LenientJSON {
    /// How deep lists and objects may nest.
    package static let depthMax = 64

    /// Reads one value and nothing but white space and comments around it.
    package static func parse(_ bytes: [UInt8]) throws(LenientJSONError) -> JSONValue {
        var reader = LenientJSONReader(bytes: utf8(bytes))
        return try reader.document()
    }

    /// The text in UTF-8. What begins with UTF-16's mark is converted, as .NET does when it reads a file; a broken surrogate
    /// becomes U+FFFD.
    private static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        let isLittleEndian = bytes.starts(with: [0xFF, 0xFE])
        guard isLittleEndian || bytes.starts(with: [0xFE, 0xFF]) else { return bytes }
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittleEndian ? first | second << 8 : first << 8 | second
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}

/// The reader's state: a place in the bytes and the line it is on.
struct LenientJSONReader {
    let bytes: [UInt8]
    var index = 0
    var line = 1
    var lineStart = 0
    var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            index = 3
            lineStart = 3
        }
    }

    var position: SourcePosition { SourcePosition(line: line, column: index - lineStart + 1) }
    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    func failure(_ reason: String) -> LenientJSONError { LenientJSONError(reason: reason, position: position) }

    mutating func document() throws(LenientJSONError) -> JSONValue {
        try skipBlanks()
        guard current != nil else { throw failure("the file is empty") }
        let value = try value()
        try skipBlanks()
        guard current == nil else { throw failure("unexpected \(describeCurrent()) after the end of the value") }
        return value
    }

    mutating func value() throws(LenientJSONError) -> JSONValue {
        let start = position
        guard let byte = current else { throw failure("expected a value, found \(describeCurrent())") }
        switch byte {
        case UInt8(ascii: "{"):
            try descend()
            return JSONValue(.object(try members()), at: start)
        case UInt8(ascii: "["):
            try descend()
            return JSONValue(.array(try elements()), at: start)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return JSONValue(.string(try string()), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return JSONValue(.number(try number()), at: start)
        default: return JSONValue(try word(), at: start)
        }
    }

    /// Passes an opening bracket; `ascend` passes the closing one.
    private mutating func descend() throws(LenientJSONError) {
        guard depth < LenientJSON.depthMax else { throw failure("nested deeper than \(LenientJSON.depthMax) levels") }
        depth += 1
        index += 1
    }

    private mutating func ascend(_ bracket: Unicode.Scalar) -> Bool {
        guard take(bracket) else { return false }
        depth -= 1
        return true
    }

    private mutating func elements() throws(LenientJSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        while true {
            try skipBlanks()
            if ascend("]") { return elements }
            elements.append(try value())
            try skipBlanks()
            if ascend("]") { return elements }
            guard take(",") else { throw failure("expected ',' or ']', found \(describeCurrent())") }
        }
    }

    private mutating func members() throws(LenientJSONError) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var places: [String: Int] = [:]
        while true {
            try skipBlanks()
            if ascend("}") { return members }
            let name = try name()
            try skipBlanks()
            guard take(":") else { throw failure("expected ':' after the name '\(name)', found \(describeCurrent())") }
            try skipBlanks()
            let member = JSONValue.Member(name: name, value: try value())
            if let place = places[name] {
                members[place] = member
            } else {
                places[name] = members.count
                members.append(member)
            }
            try skipBlanks()
            if ascend("}") { return members }
            guard take(",") else { throw failure("expected ',' or '}', found \(describeCurrent())") }
        }
    }

    mutating func name() throws(LenientJSONError) -> String {
        if current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") { return try string() }
        let start = index
        while let byte = current, isNameByte(byte) { index += 1 }
        guard index > start else { throw failure("expected a name or '}', found \(describeCurrent())") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
}
