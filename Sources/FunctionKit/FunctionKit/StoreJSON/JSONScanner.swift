/// Why a text is not the JSON that the store takes.
struct JSONFailure: Error {
    /// What a program distinguishes: a text that is too deep exceeds a bound, anything else breaks the grammar.
    enum Kind { case grammar, depth }

    var kind: Kind = .grammar
    /// A noun phrase that names what was found.
    var reason: String
    /// Bytes from the beginning of the text.
    var offset: Int
}

/// A strict reader of JSON text (RFC 8259) that checks a whole text and picks out the values of an index on its way.
///
/// It refuses what Codable would read differently or not at all: invalid UTF-8, lone surrogates, a member name twice in one
/// object, numbers outside the grammar, anything behind the value, nesting beyond ``StoreLimits/documentDepthMax``.
struct JSONScanner {
    /// A member of the outermost object, as offsets into the text.
    struct Member {
        /// The name without escapes.
        var name: [UInt8]
        /// From the name's first quote to the value's last byte.
        var range: Range<Int>
        /// The value alone.
        var value: Range<Int>
    }

    let bytes: [UInt8]
    let end: Int
    var position: Int
    /// True once white space stood between two tokens.
    var hasWhitespace = false
    /// The values at the paths, in their order; null where nothing was found.
    var values: [IndexValue]
    /// The members of the outermost object.
    private(set) var members: [Member] = []

    private let paths: [IndexPath]
    private let notesReserved: Bool
    private let keepsMembers: Bool
    private let depthMax: Int
    /// The first reserved name that stood in the outermost object.
    private(set) var reservedFound: String?
    private var depth = 0
    private var names = MemberNames()

    /// Prepares to read `range` of `bytes`; members are listed only on request, since that costs an array. `depthMax` is more
    /// than a document's for what is put around one.
    init(
        _ bytes: [UInt8],
        in range: Range<Int>,
        paths: [IndexPath] = [],
        notesReserved: Bool = false,
        keepsMembers: Bool = false,
        depthMax: Int = StoreLimits.documentDepthMax
    ) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.paths = paths
        self.notesReserved = notesReserved
        self.keepsMembers = keepsMembers
        self.depthMax = depthMax
        values = Array(repeating: .null, count: paths.count)
    }

    /// Reads one object that fills the text.
    mutating func scanDocument() throws(JSONFailure) {
        skipWhitespace()
        guard peek() == UInt8(ascii: "{") else { throw failure("no object at the top") }
        try scanObject(paths.isEmpty ? 0 : UInt64.max >> UInt64(64 - paths.count), level: 0)
        skipWhitespace()
        guard position == end else { throw failure("something behind the object") }
    }

    func peek() -> UInt8? { position < end ? bytes[position] : nil }

    mutating func skipWhitespace() {
        while position < end, isJSONWhitespace(bytes[position]) {
            position += 1
            hasWhitespace = true
        }
    }

    func failure(_ reason: String) -> JSONFailure { JSONFailure(reason: reason, offset: position) }

    /// Reads a value; `candidates` has a bit for each path whose first `level` names lead here.
    private mutating func scanValue(_ candidates: UInt64, level: Int) throws(JSONFailure) {
        guard let byte = peek() else { throw failure("an end inside the text") }
        switch byte {
        case UInt8(ascii: "{"): try scanObject(candidates, level: level)
        case UInt8(ascii: "["): try scanArray()
        case UInt8(ascii: "\""):
            let text = try scanString()
            if candidates != 0 { record(.text(String(decoding: unescaped(text), as: UTF8.self)), candidates, level) }
        case UInt8(ascii: "t"): try scanWord("true"); record(.bool(true), candidates, level)
        case UInt8(ascii: "f"): try scanWord("false"); record(.bool(false), candidates, level)
        case UInt8(ascii: "n"): try scanWord("null")
        default:
            let number = try scanNumber()
            if candidates != 0 {
                record(
                    Double(String(decoding: bytes[number], as: UTF8.self)).map { .number($0) } ?? .null,
                    candidates,
                    level
                )
            }
        }
    }

    private mutating func scanObject(_ candidates: UInt64, level: Int) throws(JSONFailure) {
        try enter()
        let frame = names.begin()
        if peek() == UInt8(ascii: "}") { position += 1 } else { try scanMembers(candidates, level) }
        depth -= 1
        if names.end(frame) { throw failure("a member name twice in the object") }
    }

    private mutating func scanMembers(
        _ candidates: UInt64,
        _ level: Int
    ) throws(JSONFailure) {
        while true {
            let start = position
            guard peek() == UInt8(ascii: "\"") else { throw failure("no member name") }
            let text = try scanString()
            let name = names.append(text.hasEscapes ? unescaped(text)[...] : bytes[text.range])
            try scanSeparator(":", "no colon after the member name")
            let value = position
            let next = candidates == 0 ? 0 : matching(candidates, level, names.bytes[name])
            let isTop = depth == 1
            if isTop, notesReserved { noteReserved(names.bytes[name]) }
            let topName = isTop && keepsMembers ? Array(names.bytes[name]) : []
            try scanValue(next, level: level + 1)
            if isTop, keepsMembers {
                members.append(Member(name: topName, range: start..<position, value: value..<position))
            }
            skipWhitespace()
            guard let byte = peek(), byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
                throw failure("no comma or brace after the member")
            }
            position += 1
            if byte == UInt8(ascii: "}") { return }
            skipWhitespace()
        }
    }

    private mutating func scanArray() throws(JSONFailure) {
        try enter()
        defer { depth -= 1 }
        if peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            try scanValue(0, level: 0)
            skipWhitespace()
            guard let byte = peek(), byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
                throw failure("no comma or bracket after the element")
            }
            position += 1
            if byte == UInt8(ascii: "]") { return }
            skipWhitespace()
        }
    }

    /// Steps over an opening brace or bracket.
    private mutating func enter() throws(JSONFailure) {
        depth += 1
        guard depth <= depthMax else {
            throw JSONFailure(kind: .depth, reason: "deeper nesting", offset: position)
        }
        position += 1
        skipWhitespace()
    }

    private mutating func scanSeparator(_ character: Unicode.Scalar, _ reason: String) throws(JSONFailure) {
        skipWhitespace()
        guard peek() == UInt8(ascii: character) else { throw failure(reason) }
        position += 1
        skipWhitespace()
    }

    private mutating func noteReserved(_ name: ArraySlice<UInt8>) {
        for reserved in DocumentBody.reservedNames where reservedFound == nil && reserved.utf8.elementsEqual(name) {
            reservedFound = reserved
        }
    }

    private func matching(_ candidates: UInt64, _ level: Int, _ name: ArraySlice<UInt8>) -> UInt64 {
        var result: UInt64 = 0
        for (index, path) in paths.enumerated() where candidates & (1 << UInt64(index)) != 0 {
            if level < path.names.count, path.names[level].elementsEqual(name) { result |= 1 << UInt64(index) }
        }
        return result
    }

    private mutating func record(_ value: IndexValue, _ candidates: UInt64, _ level: Int) {
        guard candidates != 0 else { return }
        for (index, path) in paths.enumerated() where candidates & (1 << UInt64(index)) != 0 {
            if path.names.count == level { values[index] = value }
        }
    }
}
