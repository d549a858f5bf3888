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

    let bytes: ArraySlice<UInt8>
    let end: Int
    private let start: Int
    var position: Int
    /// True once white space stood between two tokens.
    var hasWhitespace = false
    /// The values at the paths, in their order; null where nothing was found, and for a path through an array.
    private(set) var values: [IndexValue]
    /// For each path through an array the values of its elements, each once; empty when no path goes through one.
    private(set) var elements: [[IndexValue]] = []
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
    /// The paths of whose array an element is being read, and those that have found a value in it.
    private var inElement: UInt64 = 0
    private var foundInElement: UInt64 = 0
    /// What ``elements`` holds already, as keys, since two texts that are equal to Swift may differ in their bytes.
    private var known: [Set<[UInt8]>] = []

    /// Prepares to read `range` of `bytes`; members are listed only on request, since that costs an array. `depthMax` is more
    /// than a document's for what is put around one.
    init(
        _ bytes: ArraySlice<UInt8>,
        in range: Range<Int>,
        paths: [IndexPath] = [],
        notesReserved: Bool = false,
        keepsMembers: Bool = false,
        depthMax: Int = StoreLimits.documentDepthMax
    ) {
        self.bytes = bytes
        start = range.lowerBound
        position = range.lowerBound
        end = range.upperBound
        self.paths = paths
        self.notesReserved = notesReserved
        self.keepsMembers = keepsMembers
        self.depthMax = depthMax
        values = Array(repeating: .null, count: paths.count)
        if paths.contains(where: { $0.arrayLevel != nil }) {
            elements = Array(repeating: [], count: paths.count)
            known = Array(repeating: [], count: paths.count)
        }
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

    func failure(_ reason: String) -> JSONFailure { JSONFailure(reason: reason, offset: position - start) }

    /// Reads a value; `candidates` has a bit for each path whose first `level` names lead here.
    private mutating func scanValue(_ candidates: UInt64, level: Int) throws(JSONFailure) {
        guard let byte = peek() else { throw failure("an end inside the text") }
        switch byte {
        case UInt8(ascii: "{"): try scanObject(candidates, level: level)
        case UInt8(ascii: "["): try scanArray(through(candidates, level), level: level)
        case UInt8(ascii: "\""):
            let text = try scanString()
            if candidates != 0 { record(.text(string(text)), candidates, level) }
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

    /// Of the candidates those whose array stands here.
    private func through(_ candidates: UInt64, _ level: Int) -> UInt64 {
        guard candidates & ~inElement != 0, !elements.isEmpty else { return 0 }
        var result: UInt64 = 0
        for (index, path) in paths.enumerated() where path.arrayLevel == level { result |= 1 << UInt64(index) }
        return result & candidates & ~inElement
    }

    /// Reads an array; `candidates` are the paths that go through its elements.
    private mutating func scanArray(_ candidates: UInt64, level: Int) throws(JSONFailure) {
        try enter()
        inElement |= candidates
        defer {
            inElement &= ~candidates
            depth -= 1
        }
        if peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            foundInElement &= ~candidates
            try scanValue(candidates, level: level)
            if candidates != 0 { addMissing(candidates & ~foundInElement) }
            skipWhitespace()
            guard let byte = peek(), byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else {
                throw failure("no comma or bracket after the element")
            }
            position += 1
            if byte == UInt8(ascii: "]") { return }
            skipWhitespace()
        }
    }

    /// Notes a null for the paths that found nothing in an element.
    private mutating func addMissing(_ candidates: UInt64) {
        for index in paths.indices where candidates & (1 << UInt64(index)) != 0 { addElement(.null, index) }
    }

    private mutating func addElement(_ value: IndexValue, _ index: Int) {
        var key: [UInt8] = []
        IndexKey.append(value, ignoresCase: false, to: &key)
        if known[index].insert(key).inserted { elements[index].append(value) }
    }

    /// Steps over an opening brace or bracket.
    private mutating func enter() throws(JSONFailure) {
        depth += 1
        guard depth <= depthMax else {
            throw JSONFailure(kind: .depth, reason: "deeper nesting", offset: position - start)
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
            guard path.names.count == level else { continue }
            if path.arrayLevel == nil {
                values[index] = value
            } else if inElement & (1 << UInt64(index)) != 0 {
                foundInElement |= 1 << UInt64(index)
                addElement(value, index)
            }
        }
    }
}
