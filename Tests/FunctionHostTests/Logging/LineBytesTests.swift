import Testing

@testable import FunctionHost

/// Numbers in a line that is put together from bytes.
@Suite struct LineBytesTests {
    @Test(arguments: [
        (0, 40, "<0>"), (7, 40, "<7>"), (10, 40, "<10>"), (99, 40, "<99>"), (100, 40, "<100>"), (-1, 40, "<-1>"),
        (Int64.max, 40, "<9223372036854775807>"), (Int64.min, 40, "<-9223372036854775808>"),
        // What does not fit is left out as a whole: half a number would be another one.
        (12345, 7, "<12345>"), (12345, 6, "<12345"), (12345, 5, "<>"), (-12345, 6, "<>"),
    ])
    func numbersStandWholeOrNotAtAll(_ value: Int64, capacity: Int, expected: String) {
        let text = LineBytes.text(capacity: capacity) { line in
            line.append(0x3C)
            line.append(decimal: value)
            line.append(0x3E)
        }
        #expect(text == expected)
    }
}
