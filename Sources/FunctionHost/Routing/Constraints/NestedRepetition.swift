/// Finds repetitions without a bound inside others, such as `(a+)+`: a value that nearly matches such a pattern costs twice the time
/// for each further character, and values come from callers whom nobody knows.
struct NestedRepetition {
    private var rest: Substring.UnicodeScalarView
    /// For each open group, whether something in it repeats without a bound.
    private var groups = [false]

    /// Whether a pattern has one.
    static func isIn(_ pattern: String) -> Bool {
        var search = NestedRepetition(rest: pattern[...].unicodeScalars)
        return search.find()
    }

    private init(rest: Substring.UnicodeScalarView) { self.rest = rest }

    private mutating func find() -> Bool {
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\": _ = rest.popFirst()
            case "[": skipClass()
            case "(":
                groups.append(false)
                // What follows belongs to the kind of the group, and repeats nothing.
                if rest.first == "?" { rest.removeFirst() }
                continue
            case ")":
                guard groups.count > 1 else { continue }
                let repeatsInside = groups.removeLast()
                let isRepeated = takeUnboundedQuantifier()
                if repeatsInside && isRepeated { return true }
                groups[groups.count - 1] = groups[groups.count - 1] || repeatsInside || isRepeated
                continue
            default: break
            }
            if takeUnboundedQuantifier() { groups[groups.count - 1] = true }
        }
        return false
    }

    /// Takes `*`, `+` or `{n,}` if it comes next.
    private mutating func takeUnboundedQuantifier() -> Bool {
        switch rest.first {
        case "*", "+":
            rest.removeFirst()
            return true
        case "{":
            guard let end = rest.firstIndex(of: "}") else { return false }
            let isUnbounded = rest[..<end].last == ","
            rest = rest[rest.index(after: end)...]
            return isUnbounded
        default: return false
        }
    }

    private mutating func skipClass() {
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "\\" { _ = rest.popFirst() }
            if scalar == "]", !isFirst { return }
            if scalar != "^" { isFirst = false }
        }
    }
}
