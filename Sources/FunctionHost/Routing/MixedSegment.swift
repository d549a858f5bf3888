import FunctionKit

/// Matching a segment of several parts, such as `{name}.{extension?}`, from its right end as ASP.NET does: a literal is found at
/// its last place, and every parameter takes at least one character.
struct MixedSegment {
    let parts: [RoutePart]

    /// The values of the segment's parameters; nil for no match.
    func values(in segment: String) -> [String: String]? {
        let text = Array(segment.unicodeScalars)
        if let values = values(in: text, upTo: parts.count - 1) { return values }
        guard parts.count > 2, parts[parts.count - 1].parameter?.isOptional == true else { return nil }
        // Without the optional last part; but its separator must not be left dangling.
        guard text.last != "." else { return nil }
        return values(in: text, upTo: parts.count - 3)
    }

    private func values(in segment: [Unicode.Scalar], upTo lastPart: Int) -> [String: String]? {
        var values: [String: String] = [:]
        var end = segment.count
        var pending: RouteParameter?
        for index in stride(from: lastPart, through: 0, by: -1) {
            switch parts[index] {
            case .parameter(let parameter):
                pending = parameter
            case .literal(let text):
                let literal = Array(text.unicodeScalars)
                let limit = pending == nil ? end : end - 1
                guard limit > 0, let start = lastPlace(of: literal, in: segment[..<limit]) else { return nil }
                if pending == nil, index == parts.count - 1, start + literal.count != segment.count { return nil }
                if let parameter = pending {
                    guard start + literal.count < end else { return nil }
                    values[parameter.name] = Self.text(segment[(start + literal.count)..<end])
                    pending = nil
                }
                end = start
            }
        }
        if let parameter = pending {
            guard end > 0 else { return nil }
            values[parameter.name] = Self.text(segment[..<end])
            return values
        }
        return end == 0 ? values : nil
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private func lastPlace(of literal: [Unicode.Scalar], in segment: ArraySlice<Unicode.Scalar>) -> Int? {
        guard literal.count <= segment.count else { return nil }
        for start in stride(from: segment.endIndex - literal.count, through: segment.startIndex, by: -1)
        where literal.indices.allSatisfy({ Self.equals(segment[start + $0], literal[$0]) }) {
            return start
        }
        return nil
    }

    /// Whether two characters are the same one in any case, without the tables where ASCII will do.
    private static func equals(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
        if left == right { return true }
        if left.isASCII && right.isASCII {
            return lowercasedASCII(UInt8(left.value)) == lowercasedASCII(UInt8(right.value))
        }
        return left.properties.lowercaseMapping == right.properties.lowercaseMapping
    }
}
