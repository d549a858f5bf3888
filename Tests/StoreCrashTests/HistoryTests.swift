import FunctionKit
import Testing

@testable import StoreCrash

/// The judge of the crash tests: what it lets pass and what it does not.
@Suite struct HistoryTests {
    private static let early = Timestamp(seconds: 1_000)
    private static let late = Timestamp(seconds: 2_000)

    private func put(_ key: String, _ sum: UInt64, expiresAt: Timestamp? = nil) -> Operation.Write {
        .init(key: key, effect: .put(sum: sum, expiresAt: expiresAt))
    }

    private func removal(_ key: String) -> Operation.Write { .init(key: key, effect: .removal) }

    private func found(_ revision: Int64, _ sum: UInt64, expiresAt: Timestamp? = nil) -> FoundDocument {
        FoundDocument(revision: revision, sum: sum, expiresAt: expiresAt)
    }

    /// A history of acknowledged commits, by revision, and of commits without an answer.
    private func history(
        _ acknowledged: [Int64: [Operation.Write]],
        unanswered: [[Operation.Write]] = []
    ) -> TenantHistory {
        var history = TenantHistory()
        for (revision, writes) in acknowledged.sorted(by: { $0.key < $1.key }) {
            history.begin(Operation(name: "a\(revision)", tenant: "elm", writes: writes))
            #expect(history.acknowledge("a\(revision)", revision) == nil)
        }
        for (number, writes) in unanswered.enumerated() {
            history.begin(Operation(name: "u\(number)", tenant: "elm", writes: writes))
        }
        return history
    }

    private func problems(_ history: TenantHistory, _ found: [String: FoundDocument]) -> [String] {
        var history = history
        return history.compare(found, readAt: Self.late...Self.late)
    }

    @Test func whatWasAcknowledgedOrComesLaterIsRight() {
        let acknowledged = history([1: [put("x", 1)], 2: [put("x", 2), put("y", 3)]])
        #expect(problems(acknowledged, ["x": found(2, 2), "y": found(2, 3)]) == [])
        let unanswered = history([1: [put("x", 1)]], unanswered: [[put("x", 9)], [removal("x")], [put("z", 5)]])
        #expect(problems(unanswered, ["x": found(1, 1)]) == [])
        #expect(problems(unanswered, ["x": found(2, 9), "z": found(3, 5)]) == [])
        #expect(problems(unanswered, [:]) == [])
    }

    @Test func lossesAreFound() {
        let acknowledged = history([1: [put("x", 1)], 2: [put("x", 2)]])
        #expect(problems(acknowledged, [:]) == ["x: is lost; revision 2 was acknowledged"])
        #expect(
            problems(acknowledged, ["x": found(1, 1)])
                == ["x: went back to revision 1 from 2, which was acknowledged"]
        )
        let removed = history([1: [put("x", 1)], 2: [removal("x")]])
        #expect(problems(removed, [:]) == [])
        #expect(problems(removed, ["x": found(1, 1)]).count == 1)
    }

    @Test func contentsThatNobodyWroteAreFound() {
        let acknowledged = history([4: [put("x", 1)]])
        #expect(problems(acknowledged, ["x": found(4, 7)]) == ["x: has a content that nobody wrote, at revision 4"])
        #expect(problems(acknowledged, ["x": found(5, 1)]) == ["x: has a revision that nobody was given"])
        #expect(problems(history([:]), ["y": found(1, 1)]).count == 1)
    }

    @Test func commitsThatAreThereInPartAreFound() {
        let transfer = history([1: [put("x", 1), put("y", 2)]], unanswered: [[put("x", 3), put("y", 4), put("z", 5)]])
        #expect(problems(transfer, ["x": found(2, 3), "y": found(2, 4), "z": found(2, 5)]) == [])
        #expect(problems(transfer, ["x": found(1, 1), "y": found(1, 2)]) == [])
        #expect(
            problems(transfer, ["x": found(2, 3), "y": found(1, 2), "z": found(2, 5)])
                == ["u0 is there in part: y is older than revision 2"]
        )
        #expect(
            problems(transfer, ["x": found(2, 3), "y": found(2, 4)])
                == ["u0 is there in part: z is missing at revision 2"]
        )
    }

    @Test func expiredDocumentsAreAbsent() {
        let expired = history([1: [put("x", 1, expiresAt: Self.early)]])
        #expect(problems(expired, [:]) == [])
        #expect(
            problems(expired, ["x": found(1, 1, expiresAt: Self.early)]) == ["x: is there although it has expired"]
        )
        let lasting = history([1: [put("x", 1, expiresAt: Timestamp(seconds: 9_000))]])
        #expect(problems(lasting, [:]).count == 1)
    }

    @Test func revisionsNeitherRepeatNorGoBack() {
        var history = history([5: [put("x", 1)]])
        history.begin(Operation(name: "b", tenant: "elm", writes: [put("y", 1)]))
        history.begin(Operation(name: "c", tenant: "elm", writes: [put("z", 1)]))
        history.begin(Operation(name: "d", tenant: "elm", writes: [put("w", 1)]))
        #expect(history.acknowledge("b", 4) == "b got revision 4 after 5 had been given")
        #expect(history.acknowledge("c", 7) == nil)
        #expect(history.acknowledge("d", 7) == "d got revision 7, which another commit has")
        #expect(history.acknowledge("e", 8) == "e was acknowledged unasked")
    }

    /// What was found after one crash is what must be there after the next.
    @Test func aFindingBindsTheNext() {
        var history = history([1: [put("x", 1)]], unanswered: [[put("x", 2)]])
        #expect(history.compare(["x": found(2, 2)], readAt: Self.late...Self.late) == [])
        #expect(history.compare(["x": found(1, 1)], readAt: Self.late...Self.late).count == 1)
    }

    @Test(arguments: [
        Report.starting, .opened, .refused(tenant: "elm", name: "1-2-3"), .failed("no room"),
        .acknowledged(tenant: "elm", name: "1-2-3", revision: 17), .declaring(tenant: "elm", variant: 1),
        .declared(tenant: "elm", variant: 0),
        .begun(
            Operation(
                name: "1-2-3",
                tenant: "elm",
                writes: [
                    .init(key: "items/i1", effect: .removal),
                    .init(key: "items/i2", effect: .put(sum: .max, expiresAt: nil)),
                    .init(key: "items/i3", effect: .put(sum: 0, expiresAt: Timestamp(milliseconds: 1_767_225_600_123))),
                ]
            )
        ),
    ])
    func reportsAreReadAsTheyWereWritten(_ report: Report) { #expect(Report(report.line) == report) }

    @Test(arguments: [
        "", "open", "begun a elm", "begun a elm items/1=xyz", "acknowledged a elm", "acknowledged a elm 1x",
    ])
    func unreadableReportsAreNone(_ line: String) { #expect(Report(line) == nil) }
}
