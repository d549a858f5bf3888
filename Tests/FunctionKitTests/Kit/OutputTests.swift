import FunctionKit
import FunctionTesting
import Testing

/// What a function may leave behind, and what it learns of in its own tests.
struct OutputTests {
    private struct Job: Codable, Sendable, Hashable { var item: String }

    private static let jobs = QueueOutput<Job>("jobs")
    private static let lines = QueueOutput.text("lines")
    private let acme: TenantName

    init() throws { acme = try TenantName("acme") }

    @Test func keepsPayloadsInTheirOrder() throws {
        var outputs = Outputs(for: acme)
        try outputs.send(Job(item: "a"), to: Self.jobs)
        try outputs.send("as it \"is\"", to: Self.lines, after: .seconds(5), timeToLive: .seconds(60))
        try outputs.send(Job(item: "b"), to: Self.jobs)
        #expect(try outputs.values(of: Self.jobs) == [Job(item: "a"), Job(item: "b")])
        #expect(outputs.texts(of: Self.lines) == ["as it \"is\""])
        #expect(outputs.messages.map(\.binding.name) == ["jobs", "lines", "jobs"])
        #expect(outputs.messages.map(\.payload) == [#"{"item":"a"}"#, "as it \"is\"", #"{"item":"b"}"#])
        #expect(outputs.messages[1].delay == .seconds(5))
        #expect(outputs.messages[1].timeToLive == .seconds(60))
    }

    @Test func noneBelongsToNobody() throws {
        var outputs = Outputs.none
        #expect(throws: StoreError.self) { try outputs.send("x", to: Self.lines) }
        #expect(outputs.messages.isEmpty)
    }

    @Test func aPayloadIsBounded() throws {
        var outputs = Outputs(for: acme)
        let most = String(repeating: "é", count: QueueLimits.payloadBytesMax / 2)
        try outputs.send(most, to: Self.lines)
        let error = #expect(throws: StoreError.self) { try outputs.send(most + "!", to: Self.lines) }
        #expect(error?.code == .tooLarge)
        #expect(
            error?.message
                == "A message for the output 'lines' has 65537 bytes; at most 65536 are taken. Put what is large into a "
                + "document and enqueue its id."
        )
        #expect(outputs.messages.count == 1)
    }

    @Test func anInvocationsOutputsAreBounded() throws {
        var outputs = Outputs(for: acme)
        for _ in 0..<Outputs.messagesMax { try outputs.send("x", to: Self.lines) }
        #expect(throws: StoreError.self) { try outputs.send("x", to: Self.lines) }
        var large = Outputs(for: acme)
        let most = String(repeating: "x", count: QueueLimits.payloadBytesMax)
        for _ in 0..<Outputs.bytesMax / most.utf8.count { try large.send(most, to: Self.lines) }
        #expect(throws: StoreError.self) { try large.send("x", to: Self.lines) }
    }
}

/// Messages as documents, and their bounds.
struct QueueRecordTests {
    private let app = TestApp()

    @Test(arguments: [
        "", "plain", #"{"a":"b"}"#, "line\nfeed\ttab \u{1} \\ \" é 🐟", String(repeating: "\"", count: 1000),
    ])
    func readsWhatItWrites(payload: String) throws {
        var record = QueueRecord(queue: try QueueName("mail-out"), payload: payload, visibleAt: app.clock.now)
        record.dequeueCount = 3
        for error in [nil, "broke \\ \"down\"\n"] {
            record.lastError = error
            record.originalQueue = error.map { _ in "mail" }
            let read = try #require(QueueRecord(body: record.body))
            #expect(read.payload == payload)
            #expect(read.queue == "mail-out")
            #expect(read.dequeueCount == 3)
            #expect(read.visibleAt == record.visibleAt)
            #expect(read.lastError == error)
            #expect(read.originalQueue == record.originalQueue)
        }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"queue":"q","payload":"p","dequeue_count":0}"#,
        #"{"queue":"q","payload":7,"dequeue_count":0,"visible_at":"2026-01-01T00:00:00.000Z"}"#,
        #"{"queue":"q","payload":"p","dequeue_count":"0","visible_at":"2026-01-01T00:00:00.000Z"}"#,
        #"{"queue":"q","payload":"p","dequeue_count":0,"visible_at":"now"}"#,
        #"{"queue":"q","payload":"p","dequeue_count":0,"last_error":7,"visible_at":"2026-01-01T00:00:00.000Z"}"#,
    ])
    func leavesWhatIsNoMessageToCodable(body: String) {
        #expect(QueueRecord(body: Array(body.utf8)) == nil)
    }

    @Test(arguments: [
        // As it is written, in another order, with white space, with a member more, with a null.
        #"{"dequeue_count":2,"payload":"p\n","queue":"q","visible_at":"2026-01-01T00:00:00.000Z"}"#,
        #"{"queue":"q","payload":"p\n","visible_at":"2026-01-01T00:00:00.000Z","dequeue_count":2}"#,
        #"{ "dequeue_count":2, "payload":"p\u000a", "queue":"q", "visible_at":"2026-01-01T00:00:00Z" }"#,
        #"{"dequeue_count":2,"payload":"p\n","queue":"q","visible_at":"2026-01-01T00:00:00.000Z","x":{}}"#,
        #"{"dequeue_count":2,"payload":"p\n","queue":"\u0071","visible_at":"2026-01-01T01:00:00.000+01:00"}"#,
    ])
    func readsAnyFormOfAMessage(body: String) throws {
        let record = try #require(QueueRecord(body: Array(body.utf8)))
        #expect(record.queue == "q")
        #expect(record.payload == "p\n")
        #expect(record.dequeueCount == 2)
        #expect(record.visibleAt.description == "2026-01-01T00:00:00.000Z")
        #expect(record.lastError == nil)
    }

    @Test func aMessageIsBoundedHoweverItIsEnqueued() async throws {
        let tenant = try app.store.tenant("acme")
        let queue = try QueueName("mail-out")
        let tooMuch = String(repeating: "x", count: QueueLimits.payloadBytesMax + 1)
        await #expect(throws: StoreError.self) { try await tenant.enqueue(text: tooMuch, to: queue) }
        await #expect(throws: StoreError.self) { try await tenant.enqueue(tooMuch, to: queue) }
        await #expect(throws: StoreError.self) {
            try await tenant.transaction { try $0.enqueue(text: tooMuch, to: queue) }
        }
        #expect(try await tenant.collection(.queues).page().items.isEmpty)
        try await tenant.enqueue(text: String(tooMuch.dropLast()), to: queue)
    }

    @Test func textsStandAsTheyAreAndADelayIsNeverLessThanNothing() async throws {
        let tenant = try app.store.tenant("acme")
        let queue = try QueueName("mail-out")
        let id = try await tenant.transaction { transaction in
            try transaction.enqueue("json", to: queue, timeToLive: .seconds(60))
            return try transaction.enqueue(text: "text", to: queue, after: .seconds(-5))
        }
        let messages = try await tenant.collection(.queues).page(index: "by_visibility").items
        #expect(Set(messages.map(\.payload)) == ["\"json\"", "text"])
        #expect(messages.first { $0.id == id }?.visibleAt == app.clock.now)
        #expect(messages.compactMap(\.expiresAt) == [app.clock.now + .seconds(60)])
    }
}
