import FunctionKit

/// Matching a segment of several parts, such as `{name}.{extension?}`, from its right end as ASP.NET does: a literal is found at
/// its last place, and every parameter takes at least one character.
struct MixedSegment {
    let parts: [RoutePart]

    /// The values of the segment's parameters; nil for no match.
    func values(in segment: String) -> [String: String]? {
        let bytes = Array(segment.utf8)
        if let values = values(in: bytes, upTo: parts.count - 1) { return values }
        guard parts.count > 2, parts[parts.count - 1].parameter?.isOptional == true else { return nil }
        // Without the optional last part; but its separator must not be left dangling.
        guard bytes.last != UInt8(ascii: ".") else { return nil }
        return values(in: bytes, upTo: parts.count - 3)
    }

    private func values(in bytes: [UInt8], upTo lastPart: Int) -> [String: String]? {
        var values: [String: String] = [:]
        var end = bytes.count
        var pending: RouteParameter?
        for index in stride(from: lastPart, through: 0, by: -1) {
            switch parts[index] {
            case .parameter(let parameter):
                pending = parameter
            case .literal(let text):
                let literal = Array(text.utf8)
                let limit = pending == nil ? end : end - 1
                guard limit > 0, let start = lastPlace(of: literal, in: bytes[..<limit]) else { return nil }
                if pending == nil, index == parts.count - 1, start + literal.count != bytes.count { return nil }
                if let parameter = pending {
                    guard start + literal.count < end else { return nil }
                    values[parameter.name] = String(decoding: bytes[(start + literal.count)..<end], as: UTF8.self)
                    pending = nil
                }
                end = start
            }
        }
        if let parameter = pending {
            guard end > 0 else { return nil }
            values[parameter.name] = String(decoding: bytes[..<end], as: UTF8.self)
            return values
        }
        return end == 0 ? values : nil
    }

    private func lastPlace(of literal: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard literal.count <= bytes.count else { return nil }
        for start in stride(from: bytes.endIndex - literal.count, through: bytes.startIndex, by: -1) {
            let isHere = literal.indices.allSatisfy {
                lowercasedASCII(bytes[start + $0]) == lowercasedASCII(literal[$0])
            }
            if isHere { return start }
        }
        return nil
    }
}
