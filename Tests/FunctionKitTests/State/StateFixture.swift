import FunctionTesting
import Testing

@testable import FunctionKit

/// A state whose bodies lie in an array, as an engine would use it.
struct StateFixture {
    var state: PartitionState
    /// The bodies by file and offset.
    var bodies: [BodyLocation: [UInt8]] = [:]
    var now = Timestamp(seconds: 1_800_000_000)
    private var end = 0

    init(isLoading: Bool = false) throws {
        state = PartitionState(tenant: try TenantName("acme"), isLoading: isLoading)
    }

    func body(_ record: DocumentRecord) throws(StoreError) -> [UInt8] {
        guard let body = bodies[record.location] else { throw StoreError(.damaged, "no body there") }
        return body
    }

    static func key(_ id: String, in collection: String = "notes") throws -> DocumentKey {
        DocumentKey(try CollectionName(collection), try DocumentID(id))
    }

    mutating func declare(_ indexes: IndexDefinition...) throws {
        let schema = CollectionSchema(collection: try CollectionName("notes"), indexes: indexes)
        let (state, bodies) = (state, bodies)
        let plan = try state.plan(schema, at: now) { (record) throws(StoreError) in bodies[record.location] ?? [] }
        if let plan { self.state.apply(plan, sequence: state.lastSequence + 1) }
    }

    mutating func commit(_ writes: [WriteBatch.Write]) throws {
        let prepared = try PreparedBatch(WriteBatch(writes), schemas: state.schemas)
        var plan = try state.plan(prepared, over: PendingChanges(), at: now, body: body)
        let new = plan.bodies
        var locations: [BodyLocation] = []
        for body in new {
            locations.append(BodyLocation(file: 1, offset: end, count: body.count, checksum: UInt32(end)))
            end += body.count + 1
        }
        plan.place { locations[$0] }
        for (body, location) in zip(new, locations) { bodies[location] = body }
        state.apply(plan)
    }

    mutating func put(_ id: String, _ json: String, expiresAt: Timestamp? = nil, in collection: String = "notes") throws
    {
        let content = WriteBatch.Content(body: Array(json.utf8), expiresAt: expiresAt)
        try commit([.init(try Self.key(id, in: collection), .upsert(content))])
    }

    mutating func delete(_ id: String) throws { try commit([.init(try Self.key(id), .delete(expected: nil))]) }

    func ids(_ index: String? = nil, equals: [IndexValue] = [], limit: Int = 1000) throws -> [String] {
        let query = StoreQuery(collection: try CollectionName("notes"), index: index, equals: equals, limit: limit)
        let page = try state.page(query, at: now)
        return (0..<page.count).map { page.id($0).description }
    }

    func contradictions() throws -> [String] { try state.contradictions(at: now, body: body).map(\.reason) }

    /// The saved state.
    func saved() -> [UInt8] {
        var pieces = state.pieces()
        var result: [UInt8] = []
        while let piece = pieces.next() { result += piece }
        return result
    }

    func loaded(_ bytes: [UInt8], fileMax: Int = 1) throws -> PartitionState {
        var position = 0
        let state = try PartitionState(tenant: state.tenant, fileMax: fileMax) { (count) throws(StateDecodingError) in
            guard position + count <= bytes.count else { throw StateDecodingError("the end") }
            defer { position += count }
            return Array(bytes[position..<position + count])
        }
        guard position == bytes.count else { throw StateDecodingError("something behind the end") }
        return state
    }

    /// Some hundred documents with everything that a state knows, written, rewritten and removed.
    static func busy(seed: UInt64 = 1, steps: Int = 500) throws -> StateFixture {
        var fixture = try StateFixture()
        let random = SeededRandomSource(seed: seed)
        try fixture.declare(
            IndexDefinition("by_status", on: ["status", "n"]),
            IndexDefinition("by_tag", on: ["tags[]"]),
            IndexDefinition("by_name", on: [.init("name", ignoresCase: true)], unique: true),
            IndexDefinition("by_change", on: ["updated_at"])
        )
        let ids = IdentifierSource(clock: ManualClock(), random: random)
        var known: [String] = []
        for step in 0..<steps {
            let number = Int(random.next() % 100)
            let isNew = known.count < 10 || number < 60
            let id =
                isNew ? (number % 3 == 0 ? "n\(step)" : ids.next()) : known[Int(random.next() % UInt64(known.count))]
            if isNew { known.append(id) }
            if number >= 90 {
                try fixture.delete(id)
            } else {
                let tags = (0..<number % 4).map { "\"t\($0)\"" }.joined(separator: ",")
                let name = number % 5 == 0 ? "null" : "\"Name\(step)\""
                try fixture.put(
                    id,
                    #"{"status":"s\#(number % 3)","n":\#(number),"tags":[\#(tags)],"name":\#(name)}"#,
                    expiresAt: number % 7 == 0 ? fixture.now + .seconds(number) : nil
                )
            }
        }
        try fixture.put("x", #"{"a":1}"#, in: "others")
        return fixture
    }
}
