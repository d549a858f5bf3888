import FunctionKit
import Testing

@testable import FunctionHost

/// What becomes of a message after a delivery, and when it comes again.
struct QueuePolicyTests {
    @Test(arguments: [
        (true, 1, QueueDisposition.delete),
        (true, 5, .delete),
        (false, 1, .retry(after: .seconds(2))),
        (false, 2, .retry(after: .seconds(4))),
        (false, 3, .retry(after: .seconds(8))),
        (false, 4, .retry(after: .seconds(16))),
        (false, 5, .poison),
        (false, 6, .poison),
    ])
    func decidesByOutcomeAndCount(succeeded: Bool, dequeueCount: Int, expected: QueueDisposition) {
        #expect(QueuePolicy().disposition(succeeded: succeeded, dequeueCount: dequeueCount) == expected)
    }

    @Test(arguments: [(1, 2), (9, 512), (10, 600), (64, 600), (Int.max, 600)])
    func delayDoublesUpToItsBound(failures: Int, seconds: Int) {
        #expect(QueuePolicy().delay(afterFailure: failures) == .seconds(seconds))
    }
}

/// Which tenant is looked at next.
struct QueueAgendaTests {
    private let start = Timestamp(seconds: 1000)

    @Test func givesDueTenantsInTheOrderOfTheirMoments() throws {
        var agenda = QueueAgenda()
        agenda.add(try TenantName("late"), at: start + .seconds(5))
        agenda.add(try TenantName("early"), at: start)
        #expect(agenda.next(at: start)?.description == "early")
        #expect(agenda.next(at: start) == nil)
        #expect(agenda.earliest == start + .seconds(5))
        #expect(agenda.next(at: start + .seconds(5))?.description == "late")
        #expect(agenda.earliest == nil)
    }

    @Test func keepsTheEarlierOfTwoWishes() throws {
        let tenant = try TenantName("acme")
        var agenda = QueueAgenda()
        agenda.add(tenant, at: start + .seconds(5))
        agenda.add(tenant, at: start + .seconds(9))
        agenda.add(tenant, at: start + .seconds(2))
        #expect(agenda.earliest == start + .seconds(2))
    }
}
