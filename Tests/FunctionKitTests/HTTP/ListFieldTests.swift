import Testing

@testable import FunctionKit

/// Lists in header fields, and what reads them.
struct ListFieldTests {
    @Test(arguments: [
        ("", [""]), ("a", ["a"]), (" a ,\tb\t,c", ["a", "b", "c"]), (",a,", ["", "a", ""]), (" , ,", ["", "", ""]),
        ("a b, c", ["a b", "c"]), ("a\u{A0}", ["a\u{A0}"]),
        // A mark makes no other separator of the comma.
        ("a\u{600},b", ["a\u{600}", "b"]), ("a,\u{301}b", ["a", "\u{301}b"]),
    ])
    func entriesAreFoundByBytes(_ field: String, _ entries: [String]) {
        #expect(listEntries(of: field[...]).map { Array($0.utf8) } == entries.map { Array($0.utf8) })
    }

    @Test func aMarkHidesNoCodingAndNoRange() {
        let encoding = AcceptEncoding(["Accept-Encoding": "br\u{600}, gzip;\u{600}q=0, deflate"])
        #expect(encoding.weight(of: "deflate") == 1000)
        #expect(ByteRanges.select(["bytes=0-0\u{600},1-1"], of: 10) == .whole)
        #expect(ByteRanges.select(["bytes=0-0, 3-"], of: 10) == .parts([0..<1, 3..<10]))
    }

    @Test func aMarkHidesNoPartOfAPath() {
        #expect(StaticFiles.parts(of: "x\u{600}/.hidden") == nil)
        #expect(StaticFiles.parts(of: "x\u{600}/../y") == nil)
        #expect(StaticFiles.parts(of: "x/\u{301}y") == ["x", "\u{301}y"])
        #expect(StaticFiles.parts(of: "x\u{600}/") == ["x\u{600}"])
    }
}
