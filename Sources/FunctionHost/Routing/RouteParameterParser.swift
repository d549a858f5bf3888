/// Reads what stands between the braces of a parameter: `*name`, `name?`, `name=default`, `name:constraint:constraint`.
struct RouteParameterParser {
    private let characters: [Character]
    private var index = 0

    static func parse(_ text: String) throws(RouteTemplateError) -> RouteParameter {
        var rest = text[...]
        let isCatchAll = rest.hasPrefix("*")
        if isCatchAll { rest.removeFirst(rest.hasPrefix("**") ? 2 : 1) }
        let isOptional = rest.hasSuffix("?")
        if isOptional { rest.removeLast() }
        var parser = RouteParameterParser(characters: Array(rest))
        var parameter = RouteParameter(name: parser.name(), isCatchAll: isCatchAll, isOptional: isOptional)
        let constraints = parser.constraints()
        parameter.defaultValue = parser.defaultValue()
        guard !isCatchAll || !isOptional else { throw .optionalCatchAll }
        guard !isOptional || parameter.defaultValue == nil else { throw .optionalWithDefault }
        guard !parameter.name.isEmpty, !parameter.name.contains(where: { "/{}?*".contains($0) }) else {
            throw .parameterName(parameter.name)
        }
        for constraint in constraints { parameter.constraints.append(try RouteConstraint(constraint)) }
        return parameter
    }

    private init(characters: [Character]) { self.characters = characters }

    /// The name; a delimiter at its very beginning belongs to it.
    private mutating func name() -> String {
        while index < characters.count {
            if index > 0, characters[index] == ":" || characters[index] == "=" { break }
            index += 1
        }
        return String(characters[..<index])
    }

    private mutating func constraints() -> [String] {
        var constraints: [String] = []
        while index < characters.count, characters[index] == ":" {
            index += 1
            let start = index
            skipConstraint()
            if index > start { constraints.append(String(characters[start..<index])) }
        }
        return constraints
    }

    /// Passes one constraint. A `)` ends its arguments only before the end, a `:` or a `=`; so a regex may hold any of them.
    private mutating func skipConstraint() {
        while index < characters.count {
            switch characters[index] {
            case ":", "=": return
            case "(":
                index += 1
                skipArguments()
                if index < characters.count, characters[index] != ")" { return }
            default: break
            }
            if index < characters.count { index += 1 }
        }
    }

    /// Passes the arguments up to the closing parenthesis, or to a delimiter behind which none is left.
    private mutating func skipArguments() {
        while index < characters.count {
            switch characters[index] {
            case ")":
                let next = index + 1 < characters.count ? characters[index + 1] : nil
                if next == nil || next == ":" || next == "=" { return }
            case ":", "=":
                guard let closing = characters[index...].firstIndex(of: ")") else { return }
                index = closing - 1
            default: break
            }
            index += 1
        }
    }

    private mutating func defaultValue() -> String? {
        guard index < characters.count, characters[index] == "=" else { return nil }
        return String(characters[(index + 1)...])
    }
}
