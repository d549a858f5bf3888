import FunctionKit

/// The `Date` field line, made once a second (RFC 9110, section 5.6.7).
struct DateField {
    private var second = Int64.min
    /// The line with its line end: `Date: Fri, 20 Nov 2026 12:38:35 GMT`.
    private(set) var line: [UInt8] = []

    /// Makes the line for a time in whole seconds since 1970.
    mutating func update(second: Int64) {
        guard second != self.second else { return }
        self.second = second
        line = Array("Date: \(HTTPDate.text(second: second))\r\n".utf8)
    }
}
