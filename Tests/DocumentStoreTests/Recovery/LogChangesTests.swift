import FunctionKit
import FunctionTesting
import Testing

@testable import DocumentStore

/// What the feed of changes needs from the log; what it promises is in the conformance suite.
@Suite struct LogChangesTests {
    private func all(_ acme: any TenantPartition, after start: Int64, limit: Int = 7) async throws -> [String] {
        var position = ChangePosition(revision: Revision(rawValue: start))
        var result: [String] = []
        while true {
            let page = try await acme.changes(after: position, limit: limit)
            result += page.changes.map { "\($0.document == nil ? "-" : "+")\($0.key.id)" }
            position = page.position
            if page.isAtEnd { return result }
        }
    }

    @Test func itIsTheSameAfterACompaction() async throws {
        try await withTemporaryFolder { folder in
            var limits = FileStoreEngine.Limits()
            limits.hintSlackBytesAtClose = 100
            var engine = try openEngine(folder, limits: limits)
            var acme = engine.partition(try TenantName("acme"))
            for number in 0..<40 { try await acme.create("\(number)", "{}") }
            for number in 0..<10 { try await acme.upsert("\(number)", #"{"n":1}"#) }
            for number in 20..<25 { try await acme.delete("\(number)") }
            try await acme.create("20", "{}")
            var expected: [Int64: [String]] = [:]
            for start in [0, 1, 17, 39, 45, 52, 55, 56, 99] as [Int64] {
                expected[start] = try await all(acme, after: start)
            }
            #expect(expected[0]?.count == 36)
            for turn in 0..<3 {
                if turn == 2 {
                    await engine.close()
                    engine = try openEngine(folder, limits: limits)
                    acme = engine.partition(try TenantName("acme"))
                } else {
                    try await engine.compact(try TenantName("acme"))
                }
                for (start, changes) in expected {
                    #expect(try await all(acme, after: start) == changes, "after \(start), turn \(turn)")
                }
            }
            await engine.close()
        }
    }

    @Test func removalsThatWereLeftOutEndOldPositions() async throws {
        try await withTemporaryFolder { folder in
            var limits = FileStoreEngine.Limits()
            limits.removalsKept = 10
            var engine = try openEngine(folder, limits: limits)
            var acme = engine.partition(try TenantName("acme"))
            // Marks stand 64 KiB apart, and removals are left out a mark at a time.
            let filler = String(repeating: "x", count: 2000)
            for number in 0..<100 {
                try await acme.create("\(number)", #"{"f":"\#(filler)"}"#)
                try await acme.delete("\(number)")
            }
            try await acme.create("last", "{}")
            #expect(try await all(acme, after: 1).count == 101)
            try await engine.compact(try TenantName("acme"))
            for _ in 0..<2 {
                #expect(
                    await code { _ = try await acme.changes(after: ChangePosition("1") ?? .beginning, limit: 10) }
                        == .positionExpired
                )
                // The oldest position that is still good has not too many removals before it, and not too few.
                var oldest = Int64(2)
                while await code({ _ = try await all(acme, after: oldest) }) == .positionExpired { oldest += 1 }
                let removals = try await all(acme, after: oldest).count - 1
                #expect((10..<60).contains(removals))
                #expect(try await all(acme, after: 0) == ["+last"])
                #expect(try await all(acme, after: 190).last == "+last")
                await engine.close()
                engine = try openEngine(folder, limits: limits)
                acme = engine.partition(try TenantName("acme"))
            }
            await engine.close()
        }
    }

    @Test func marksLeadToTheRightLine() {
        var marks = SegmentMarks()
        for line in 0..<1000 { marks.add(Int64(line + 1), at: line * 1000, removals: line % 2) }
        #expect((14...17).contains(marks.marks.count))
        #expect(marks.last(upTo: -1) == nil)
        #expect(marks.last(upTo: 0)?.offset == 0)
        for sequence in [1, 64, 65, 66, 500, 999, 5000] as [Int64] {
            let mark = marks.last(upTo: sequence)
            #expect(mark.map { $0.sequence <= sequence + 1 } == true)
            #expect(mark.map { sequence - $0.sequence < 70 || sequence > 1000 } == true)
        }
        #expect(marks.marks.reduce(0) { $0 + $1.removals } == 500)
        #expect(SegmentMarks.removalsHorizon([marks], keeping: 500) == 0)
        #expect(SegmentMarks.removalsHorizon([marks], keeping: 1) == (marks.marks.last?.sequence ?? 0) - 1)
        #expect(SegmentMarks.removalsHorizon([], keeping: 0) == 0)
    }
}
