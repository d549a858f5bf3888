/// The values of one field, as a set of bits: bit `n` stands for the value `n`.
struct CronField: Sendable, Hashable {
    let kind: CronFieldKind
    private(set) var bits: UInt64 = 0

    /// Reads a field as NCrontab does.
    ///
    /// The order of the rules is NCrontab's: comma, slash, star, dash, value. A separator in the first place separates
    /// nothing, so `,5`, `/5` and `-5` are taken as values and refused.
    init(kind: CronFieldKind, parsing text: String) throws(ScheduleReason) {
        self.kind = kind
        let bytes = Array(text.utf8)
        guard let comma = bytes.firstIndex(of: UInt8(ascii: ",")), comma > 0 else {
            try add(bytes[...])
            return
        }
        for element in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            try add(element)
        }
    }

    /// A field that holds one value.
    init(kind: CronFieldKind, value: Int) {
        self.kind = kind
        bits = 1 << UInt64(value)
    }

    /// The least value that is not below `bound`; nil when there is none.
    @inline(__always)
    func first(from bound: Int) -> Int? {
        let rest = bits & (UInt64.max << UInt64(bound))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The least value. A parsed field is never empty.
    var least: Int { bits.trailingZeroBitCount }

    func contains(_ value: Int) -> Bool { bits >> UInt64(value) & 1 == 1 }

    /// NCrontab's text of a field: numbers only, consecutive ones as `a-b`, all of them as `*`.
    var canonical: String {
        var runs: [String] = []
        var next = first(from: kind.range.lowerBound)
        while let start = next {
            var end = start
            while end < kind.range.upperBound, contains(end + 1) { end += 1 }
            if start == kind.range.lowerBound, end == kind.range.upperBound { return "*" }
            runs.append(start == end ? "\(start)" : "\(start)-\(end)")
            next = first(from: end + 1)
        }
        return runs.joined(separator: ",")
    }

    // MARK: - Reading

    private mutating func add(_ element: ArraySlice<UInt8>) throws(ScheduleReason) {
        guard !element.isEmpty else {
            throw ScheduleReason("The \(kind.name) field has an empty element; write \(kind.allowed) between commas.")
        }
        var values = element
        var step: Int?
        if let slash = element.firstIndex(of: UInt8(ascii: "/")), slash > element.startIndex {
            step = try stepValue(element[(slash + 1)...])
            values = element[..<slash]
        }
        if values.elementsEqual("*".utf8) {
            try insert(kind.range, step: step ?? 1)
        } else if let dash = values.firstIndex(of: UInt8(ascii: "-")), dash > values.startIndex {
            let first = try value(values[..<dash])
            let last = try value(values[(dash + 1)...])
            try insert(min(first, last)...max(first, last), step: step ?? 1)
        } else {
            let first = try value(values)
            try insert(first...(step == nil ? first : kind.range.upperBound), step: step ?? 1)
        }
    }

    /// Bounds are in range by now. A step below 1 means 1. A step near 2³¹ leaves the range of NCrontab's numbers and is an
    /// exception there.
    private mutating func insert(_ values: ClosedRange<Int>, step: Int) throws(ScheduleReason) {
        guard values.lowerBound - kind.range.lowerBound + step <= Int(Int32.max) else { throw tooLarge(String(step)) }
        for value in stride(from: values.lowerBound, through: values.upperBound, by: max(step, 1)) {
            bits |= 1 << UInt64(value)
        }
    }

    private func value(_ text: ArraySlice<UInt8>) throws(ScheduleReason) -> Int {
        guard let first = text.first else {
            throw ScheduleReason("The \(kind.name) field has an empty value; write \(kind.allowed).")
        }
        guard isDigit(first) else { return try namedValue(text) }
        guard let number = try integer(text) else { throw unknown(text) }
        guard kind.range.contains(number) else {
            throw ScheduleReason("The \(kind.name) field has '\(number)'; write \(kind.allowed).")
        }
        return number
    }

    /// The first name that begins with `text`, whatever its case.
    private func namedValue(_ text: ArraySlice<UInt8>) throws(ScheduleReason) -> Int {
        let prefix = text.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        guard let index = kind.valueNames.firstIndex(where: { $0.utf8.starts(with: prefix) }) else {
            throw unknown(text)
        }
        return kind.range.lowerBound + index
    }

    private func stepValue(_ text: ArraySlice<UInt8>) throws(ScheduleReason) -> Int {
        guard let step = try integer(text) else {
            throw ScheduleReason("The \(kind.name) field has the step '\(string(text))'; write a whole number.")
        }
        return step
    }

    /// A number as .NET's `int.Parse` reads it: white space, a sign, digits, white space, zero characters. Nil for another text.
    ///
    /// A value begins with a digit (see ``value(_:)``), so only a step has white space or a sign before it.
    private func integer(_ text: ArraySlice<UInt8>) throws(ScheduleReason) -> Int? {
        var rest = text.drop(while: isWhitespace)
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count).drop(while: isWhitespace)
        guard !digits.isEmpty, rest.allSatisfy({ $0 == 0 }) else { return nil }
        guard let number = Int32((isNegative ? "-" : "") + string(digits)) else { throw tooLarge(string(digits)) }
        return Int(number)
    }

    private func tooLarge(_ number: String) -> ScheduleReason {
        ScheduleReason("The \(kind.name) field has the number '\(number)', which is too large.")
    }

    private func unknown(_ text: ArraySlice<UInt8>) -> ScheduleReason {
        ScheduleReason("The \(kind.name) field has '\(string(text))'; write \(kind.allowed).")
    }

    private func string(_ text: ArraySlice<UInt8>) -> String { String(decoding: text, as: UTF8.self) }
}

/// True for the ten ASCII digits.
func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

/// True for the characters of ASCII that .NET's numbers may have around them.
func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
