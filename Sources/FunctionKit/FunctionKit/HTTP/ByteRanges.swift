/// Reads `Range` (RFC 9110, section 14.2) for a representation of a known length.
enum ByteRanges {
    enum Selection: Equatable {
        /// The whole representation: no range was asked for, or none that is understood or put up with.
        case whole
        /// These parts, each with at least one byte, in the order in which they were asked for.
        case parts([Range<Int>])
        /// No part that was asked for lies within the representation: 416.
        case unsatisfiable
    }

    /// How many ranges one request may ask for: 16. With more, the whole representation is sent.
    static let rangesMax = 16
    /// How many of them may overlap an earlier one: 2, as section 14.2 advises. With more, the whole representation is sent, so that a
    /// small request cannot ask for a multiple of it.
    static let overlapsMax = 2

    static func select(_ values: [String], of length: Int) -> Selection {
        guard values.count == 1, let equals = values[0].utf8.firstIndex(of: UInt8(ascii: "=")),
            equalsIgnoringASCIICase(String(values[0][..<equals]), "bytes")
        else { return .whole }
        let list = values[0][values[0].utf8.index(after: equals)...]
        let specifications = listEntries(of: list).filter { !$0.isEmpty }
        guard !specifications.isEmpty, specifications.count <= rangesMax else { return .whole }
        var parts: [Range<Int>] = []
        for specification in specifications {
            guard let part = part(specification, of: length) else { return .whole }
            if !part.isEmpty { parts.append(part) }
        }
        let overlaps = parts.indices.count { index in parts[..<index].contains { $0.overlaps(parts[index]) } }
        guard overlaps <= overlapsMax else { return .whole }
        return parts.isEmpty ? .unsatisfiable : .parts(parts)
    }

    /// One part; an empty one when it lies outside, nil when it cannot be read.
    private static func part(_ text: Substring, of length: Int) -> Range<Int>? {
        let bounds = splitting(text, at: UInt8(ascii: "-"))
        guard bounds.count == 2 else { return nil }
        if bounds[0].isEmpty {
            guard let count = number(bounds[1]) else { return nil }
            return max(0, length - count)..<length
        }
        guard let first = number(bounds[0]) else { return nil }
        guard !bounds[1].isEmpty else { return min(first, length)..<length }
        guard let last = number(bounds[1]), last >= first else { return nil }
        return min(first, length)..<min(last == .max ? .max : last + 1, length)
    }

    /// Digits as a number; one that is too large for the type is the largest there is.
    private static func number(_ digits: Substring) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits) ?? .max
    }
}
