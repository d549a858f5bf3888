import FunctionKit
import FunctionTesting
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
    func decidesByOutcomeAndCount(succeeded: Bool, dequeueCount: Int, expected: QueueDisposition) throws {
        let queue = try QueueName("mail-out")
        let disposition = QueuePolicy().disposition(succeeded: succeeded, dequeueCount: dequeueCount, in: queue)
        #expect(disposition == expected)
    }

    /// A queue without a poison queue keeps what fails, as in Azure: one that is a poison queue, and one with too long a name.
    @Test(arguments: ["mail-out-poison", String(repeating: "q", count: 57)])
    func aQueueWithoutPoisonQueueTriesForEver(queue: String) throws {
        let disposition = QueuePolicy().disposition(succeeded: false, dequeueCount: 50, in: try QueueName(queue))
        #expect(disposition == .retry(after: .seconds(600)))
    }

    /// A `visibilityTimeout` of zero spends the deliveries of a message at once, but never tries one without end and without a rest.
    @Test(arguments: [
        ("mail-out", 1, QueueDisposition.retry(after: .zero)), ("mail-out", 4, .retry(after: .zero)),
        ("mail-out", 5, .poison), ("mail-out-poison", 1, .retry(after: .seconds(2))),
        ("mail-out-poison", 2, .retry(after: .seconds(4))), ("mail-out-poison", 50, .retry(after: .seconds(600))),
    ])
    func whatCanFailForEverRests(queue: String, dequeueCount: Int, expected: QueueDisposition) throws {
        var policy = QueuePolicy()
        policy.retryDelay = .zero
        let queue = try QueueName(queue)
        #expect(policy.disposition(succeeded: false, dequeueCount: dequeueCount, in: queue) == expected)
    }

    @Test(arguments: [
        (16, 8, 0, 16), (16, 8, 8, 16), (16, 8, 9, 0), (1, 0, 0, 1), (1, 0, 1, 0), (32, 16, 16, 32), (32, 256, 0, 288),
        (32, 256, 250, 32), (16, 0, 0, 16), (16, 0, 1, 0), (16, .max, 0, 1024), (16, .max, 1008, 16),
        (16, .max, 1009, 0),
    ])
    func takesWholeBatchesUpToTheThreshold(batchSize: Int, threshold: Int, inFlight: Int, expected: Int) {
        var policy = QueuePolicy()
        policy.batchSize = batchSize
        policy.newBatchThreshold = threshold
        #expect(policy.room(inFlight: inFlight) == expected)
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
        #expect(agenda.earliest() == start + .seconds(5))
        #expect(agenda.next(at: start + .seconds(5))?.description == "late")
        #expect(agenda.earliest() == nil)
    }

    @Test func keepsTheEarlierOfTwoWishes() throws {
        let tenant = try TenantName("acme")
        var agenda = QueueAgenda()
        agenda.add(tenant, at: start + .seconds(5))
        agenda.add(tenant, at: start + .seconds(9))
        agenda.add(tenant, at: start + .seconds(2))
        #expect(agenda.earliest() == start + .seconds(2))
    }

    @Test func forgetsWhatWasOvertaken() throws {
        let tenant = try TenantName("acme")
        var agenda = QueueAgenda()
        for round in 0..<1000 {
            agenda.add(tenant, at: start + .seconds(100_000))
            agenda.add(tenant, at: start + .seconds(round))
            #expect(agenda.next(at: start + .seconds(round)) == tenant)
            #expect(agenda.next(at: start + .seconds(round)) == nil)
        }
        #expect(agenda.count == 0)
        #expect(agenda.earliest() == nil)
    }

    @Test func ordersManyTenants() throws {
        var agenda = QueueAgenda()
        let random = SeededRandomSource(seed: 3)
        let tenants = try (0..<500).map { (try TenantName("t\($0)"), Int(random.next() % 1000)) }
        for (tenant, second) in tenants { agenda.add(tenant, at: start + .seconds(second)) }
        var order: [TenantName] = []
        while let tenant = agenda.next(at: start + .seconds(1000)) { order.append(tenant) }
        #expect(order == tenants.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0))
    }
}
