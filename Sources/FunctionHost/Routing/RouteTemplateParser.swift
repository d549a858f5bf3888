import FunctionKit

/// Reads a route template, with the grammar and the order of checks of ASP.NET's `RoutePatternParser`.
struct RouteTemplateParser {
    private let characters: [Character]
    private var index = 0

    /// Reads a template; slashes at its ends do not count.
    ///
    /// - Throws: ``RouteTemplateError``.
    static func parse(_ text: String) throws(RouteTemplateError) -> RouteTemplate {
        var parser = try RouteTemplateParser(text)
        let segments = try parser.segments()
        try checkAll(segments)
        return RouteTemplate(text: String(parser.characters), segments: segments)
    }

    private init(_ text: String) throws(RouteTemplateError) {
        var rest = text[...]
        if rest.hasPrefix("~") {
            guard rest.hasPrefix("~/") else { throw .tilde }
            rest.removeFirst(2)
        } else if rest.hasPrefix("/") {
            rest.removeFirst()
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        characters = Array(rest)
    }

    private var current: Character? { index < characters.count ? characters[index] : nil }
    private var next: Character? { index + 1 < characters.count ? characters[index + 1] : nil }

    private mutating func segments() throws(RouteTemplateError) -> [RouteSegment] {
        var segments: [RouteSegment] = []
        while let character = current {
            guard character != "/" else { throw .consecutiveSeparators }
            let start = index
            var parts: [RoutePart] = []
            while let character = current, character != "/" {
                parts.append(character == "{" && next != "{" ? try parameter() : try literal())
            }
            let segment = RouteSegment(parts: parts)
            try Self.check(segment, text: String(characters[start..<index]))
            segments.append(segment)
            if current == "/" {
                index += 1
                // A slash must be followed by a segment; the last slash of the text has been taken off already.
                guard current != nil else { throw .consecutiveSeparators }
            }
        }
        return segments
    }

    private mutating func literal() throws(RouteTemplateError) -> RoutePart {
        var text = ""
        while let character = current, character != "/" {
            if character == "{" || character == "}" {
                if character == "{", next != nil, next != "{" { break }
                guard next == character else { throw .incompleteParameter }
                index += 1
            }
            text.append(character)
            index += 1
        }
        guard !text.contains("?") else { throw .literal(text) }
        return .literal(text)
    }

    private mutating func parameter() throws(RouteTemplateError) -> RoutePart {
        index += 1
        var text = ""
        while let character = current {
            if character == "{" {
                guard let next else { throw .incompleteParameter }
                guard next == "{" else { throw .unescapedBrace }
                index += 1
            } else if character == "}" {
                guard next == "}" else {
                    index += 1
                    return .parameter(try RouteParameterParser.parse(text))
                }
                index += 1
            }
            text.append(character)
            index += 1
        }
        throw .incompleteParameter
    }

    /// The rules about the parts of one segment.
    private static func check(_ segment: RouteSegment, text: String) throws(RouteTemplateError) {
        guard segment.parts.count > 1 else { return }
        for (index, part) in segment.parts.enumerated() {
            guard let parameter = part.parameter else { continue }
            guard !parameter.isCatchAll else { throw .catchAllInMixedSegment }
            if index > 0, segment.parts[index - 1].parameter != nil { throw .consecutiveParameters }
            guard parameter.isOptional else { continue }
            guard index == segment.parts.count - 1 else {
                let next = describe(segment.parts[index + 1])
                throw .optionalNotLast(segment: text, name: parameter.name, next: next)
            }
            guard case .literal(".") = segment.parts[index - 1] else {
                let previous = describe(segment.parts[index - 1])
                throw .optionalAfter(segment: text, name: parameter.name, previous: previous)
            }
        }
    }

    /// The rules that span segments.
    private static func checkAll(_ segments: [RouteSegment]) throws(RouteTemplateError) {
        var names: Set<String> = []
        for (index, segment) in segments.enumerated() {
            for parameter in segment.parts.compactMap(\.parameter) {
                guard !parameter.isCatchAll || index == segments.count - 1 else { throw .catchAllNotLast }
                guard names.insert(parameter.name.lowercased()).inserted else {
                    throw .repeatedParameter(parameter.name)
                }
            }
        }
    }

    private static func describe(_ part: RoutePart) -> String {
        switch part {
        case .literal(let text): text
        case .parameter(let parameter): parameter.name
        }
    }
}
