/// What a parameter's value must look like. A value that does not is no match, so the next route gets its chance.
enum RouteConstraint: Sendable {
    case int, long, bool, decimal, double, float, dateTime, guid, alpha, required, file, nonFile
    case regex(RegexConstraint)
    case length(ClosedRange<Int>)
    case value(ClosedRange<Int64>)

    /// Reads `name` or `name(arguments)`; names ignore case.
    init(_ text: String) throws(RouteTemplateError) {
        guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else {
            guard let plain = Self.plain(text) else {
                throw .constraint(text, "there is no such constraint, or it needs arguments.")
            }
            self = plain
            return
        }
        let name = text[..<open].lowercased()
        let inside = String(text[text.index(after: open)...].dropLast())
        if name == "regex" {
            self = .regex(try RegexConstraint(inside, in: text))
            return
        }
        let arguments = inside.split(separator: ",", omittingEmptySubsequences: false).map(trimmingSpaces)
        let numbers = arguments.compactMap { Int64($0) }
        guard numbers.count == arguments.count, let made = Self.bounded(name, numbers) else {
            throw .constraint(text, "there is no such constraint with these arguments.")
        }
        self = made
    }

    private static func plain(_ name: String) -> RouteConstraint? {
        switch name.lowercased() {
        case "int": .int
        case "long": .long
        case "bool": .bool
        case "decimal": .decimal
        case "double": .double
        case "float": .float
        case "datetime": .dateTime
        case "guid": .guid
        case "alpha": .alpha
        case "required": .required
        case "file": .file
        case "nonfile": .nonFile
        default: nil
        }
    }

    private static func bounded(_ name: String, _ numbers: [Int64]) -> RouteConstraint? {
        guard let first = numbers.first, let last = numbers.last else { return nil }
        let lengths = 0...Int64(Int32.max)
        switch (name, numbers.count) {
        case ("min", 1): return .value(first...Int64.max)
        case ("max", 1): return .value(Int64.min...first)
        case ("range", 2) where first <= last: return .value(first...last)
        case ("minlength", 1) where lengths.contains(first): return .length(Int(first)...Int.max)
        case ("maxlength", 1) where lengths.contains(first): return .length(0...Int(first))
        case ("length", 1) where lengths.contains(first): return .length(Int(first)...Int(first))
        case ("length", 2) where lengths.contains(first) && lengths.contains(last) && first <= last:
            return .length(Int(first)...Int(last))
        default: return nil
        }
    }

    /// Whether a value satisfies the constraint. Lengths count UTF-16 units, numbers are read as .NET's invariant culture does.
    func accepts(_ value: String) -> Bool {
        switch self {
        case .int: NumberText.isInt32(value)
        case .long: NumberText.int64(value) != nil
        case .bool: ["true", "false"].contains(trimmingSpaces(value[...]).lowercased())
        case .decimal: NumberText.isDecimal(value)
        case .double, .float: NumberText.isFloatingPoint(value)
        case .dateTime: DateTimeText.isValid(value)
        case .guid: GUIDText.isValid(value)
        case .alpha: value.utf8.allSatisfy(isASCIILetter)
        case .required: !value.isEmpty
        case .regex(let regex): regex.matches(value)
        case .length(let range): range.contains(value.utf16.count)
        case .value(let range): NumberText.int64(value).map(range.contains) ?? false
        case .file: Self.isFileName(value)
        case .nonFile: !Self.isFileName(value)
        }
    }

    /// Whether a parameter without a value satisfies the constraint; only one that asks for no file does.
    var acceptsAbsence: Bool {
        if case .nonFile = self { return true }
        return false
    }

    /// Whether the last part of a path has a dot with something behind it.
    private static func isFileName(_ value: String) -> Bool {
        let name =
            value.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? value.utf8[...]
        guard let dot = name.firstIndex(of: UInt8(ascii: ".")) else { return false }
        return name[dot...].contains { $0 != UInt8(ascii: ".") }
    }
}

/// The text without the white space that .NET's parsers allow around a value.
func trimmingSpaces(_ text: Substring) -> Substring {
    var text = text
    while let first = text.unicodeScalars.first, first.properties.isWhitespace { text.unicodeScalars.removeFirst() }
    while let last = text.unicodeScalars.last, last.properties.isWhitespace { text.unicodeScalars.removeLast() }
    return text
}
