import FunctionKit
import Testing

@testable import DocumentStore

/// What was last written, for as long as there is room.
struct RecentWritesTests {
    private func location(_ offset: Int, _ count: Int, file: Int = 0) -> BodyLocation {
        BodyLocation(file: file, offset: offset, count: count, checksum: 0)
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func findsWhatWasWrittenAndNothingElse() {
        let recent = RecentWrites(bytesMax: 4096)
        recent.add(bytes("hello world"), to: 1, file: 0, at: 100)
        recent.add(bytes("again"), to: 1, file: 0, at: 111)
        recent.add(bytes("other"), to: 2, file: 0, at: 100)
        recent.add(bytes("next"), to: 1, file: 1, at: 0)
        #expect(recent.body(1, location(106, 5)) == bytes("world"))
        #expect(recent.body(1, location(111, 5)) == bytes("again"))
        #expect(recent.body(2, location(100, 5)) == bytes("other"))
        #expect(recent.body(1, location(0, 4, file: 1)) == bytes("next"))
        // Before, behind and across what is there; another file and another log.
        #expect(recent.body(1, location(99, 2)) == nil)
        #expect(recent.body(1, location(112, 5)) == nil)
        #expect(recent.body(1, location(108, 5)) == nil)
        #expect(recent.body(1, location(106, 5, file: 1)) == nil)
        #expect(recent.body(3, location(106, 5)) == nil)
    }

    @Test func theOldestGoFirstWhateverTheirLog() {
        let recent = RecentWrites(bytesMax: 64 << 10)
        let piece = [UInt8](repeating: 7, count: 1 << 10)
        // More pieces than are ever there at once, of three logs in turn.
        for number in 0..<1000 { recent.add(piece, to: UInt32(number % 3), file: 0, at: number << 10) }
        let kept = (0..<1000).filter { recent.body(UInt32($0 % 3), location($0 << 10, 10)) != nil }
        #expect((1...64).contains(kept.count))
        #expect(kept == Array(1000 - kept.count..<1000))
    }

    @Test func aLargeWritePushesNothingOut() {
        let recent = RecentWrites(bytesMax: 8 << 10)
        recent.add(bytes("small"), to: 1, file: 0, at: 0)
        recent.add([UInt8](repeating: 7, count: 2 << 10), to: 1, file: 0, at: 5)
        #expect(recent.body(1, location(0, 5)) == bytes("small"))
        #expect(recent.body(1, location(5, 5)) == nil)
    }

    @Test func withoutRoomNothingIsKept() {
        let recent = RecentWrites(bytesMax: 0)
        recent.add(bytes("small"), to: 1, file: 0, at: 0)
        #expect(recent.body(1, location(0, 5)) == nil)
    }
}
