import FunctionKit

/// The values that a path gives to a template's parameters.
struct RouteValues {
    /// Values by parameter, percent-decoded once; defaults included.
    var present: [String: String] = [:]
    /// Parameters without a value.
    var absent: [String] = []

    /// No values.
    init() {}

    /// Reads the values, for a path whose literal segments and length are known to fit; nil when a constraint is not met.
    init?(of path: String, by template: RouteTemplate) {
        let bytes = path.utf8.span
        var start = 1
        for segment in template.segments {
            let isAtEnd = start >= bytes.count
            let end = segmentEnd(of: bytes, from: min(start, bytes.count))
            if let parameter = segment.parameter {
                let limit = parameter.isCatchAll ? bytes.count : end
                let value = isAtEnd ? nil : Self.text(of: path, from: start, to: limit)
                guard take(value, for: parameter) else { return nil }
                if parameter.isCatchAll { return }
            } else if segment.literal == nil {
                guard !isAtEnd, takeMixed(segment, text: Self.text(of: path, from: start, to: end)) else { return nil }
            }
            start = end + 1
        }
    }

    private mutating func take(_ value: String?, for parameter: RouteParameter) -> Bool {
        let value = value ?? parameter.defaultValue
        guard parameter.accepts(value) else { return false }
        if let value { present[parameter.name] = value } else { absent.append(parameter.name) }
        return true
    }

    private mutating func takeMixed(_ segment: RouteSegment, text: String) -> Bool {
        guard let values = MixedSegment(parts: segment.parts).values(in: text) else { return false }
        for parameter in segment.parts.compactMap(\.parameter) {
            guard take(values[parameter.name], for: parameter) else { return false }
        }
        return true
    }

    private static func text(of path: String, from start: Int, to end: Int) -> String {
        let bytes = path.utf8
        let first = bytes.index(bytes.startIndex, offsetBy: start)
        return percentDecoded(bytes[first..<bytes.index(first, offsetBy: end - start)])
    }
}
