import FunctionKit

/// Where the members of a JSON object stand in the bytes of a file, for changes that leave everything else as it is.
struct JSONLayout {
    /// A member's place.
    struct Member {
        var name: String
        /// From the name to the end of the value.
        var range: Range<Int>
        var value: Range<Int>
        /// The comma behind it; nil without one.
        var comma: Int?
    }

    /// Behind the opening brace.
    let start: Int
    /// At the closing brace.
    let end: Int
    let members: [Member]

    /// The last member of a name, which is the one that counts.
    func member(_ name: String, ignoringCase: Bool = false) -> Member? {
        members.last { ignoringCase ? equalsIgnoringASCIICase($0.name, name) : $0.name == name }
    }
}

extension LenientJSONReader {
    /// Reads the layout of the object that is the file's value.
    mutating func rootLayout() throws(LenientJSONError) -> JSONLayout {
        try skipBlanks()
        let layout = try layout()
        try skipBlanks()
        guard current == nil else { throw failure("unexpected \(describeCurrent()) after the end of the value") }
        return layout
    }

    /// Reads the layout of the object that begins here.
    mutating func layout() throws(LenientJSONError) -> JSONLayout {
        guard take("{") else { throw failure("expected an object, found \(describeCurrent())") }
        let start = index
        var members: [JSONLayout.Member] = []
        while true {
            try skipBlanks()
            let end = index
            if take("}") { return JSONLayout(start: start, end: end, members: members) }
            let name = try name()
            try skipBlanks()
            guard take(":") else { throw failure("expected ':' after the name '\(name)', found \(describeCurrent())") }
            try skipBlanks()
            let valueStart = index
            _ = try value()
            var member = JSONLayout.Member(name: name, range: end..<index, value: valueStart..<index)
            try skipBlanks()
            let comma = index
            if take(",") { member.comma = comma }
            members.append(member)
            guard member.comma != nil || current == UInt8(ascii: "}") else {
                throw failure("expected ',' or '}', found \(describeCurrent())")
            }
        }
    }
}
