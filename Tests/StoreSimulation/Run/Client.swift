internal import FunctionKit

/// A client that reads and writes at random.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
final class Client: @unchecked Sendable {
    private let world: World
    private var random: SimulationRandom
    private let steps: Int
    private var declared: Set<Int> = []

    init(_ world: World, steps: Int) {
        self.world = world
        self.steps = steps
        random = SimulationRandom(seed: world.random.next(), stream: 1)
    }

    func run() async {
        for _ in 0..<steps where !world.isOver {
            let tenant = random.below(world.model.tenants.count)
            guard await declare(tenant) else { continue }
            await step(tenant)
            if random.chance(200) { await Task.yield() }
        }
    }

    private func declare(_ tenant: Int) async -> Bool {
        guard !declared.contains(tenant) else { return true }
        guard await world.declare(tenant, SimulatedSchemas.alpha),
            await world.declare(tenant, SimulatedSchemas.beta[random.below(2)])
        else { return false }
        declared.insert(tenant)
        return true
    }

    private func step(_ tenant: Int) async {
        let place = random.pick(Place.all)
        switch random.below(100) {
        case ..<14: await world.get(tenant, place)
        case ..<24: await pages(tenant)
        case ..<38: await world.commit(tenant, [(place, .create(version: version(tenant, place)))])
        case ..<56: await world.commit(tenant, [(place, .upsert(version: version(tenant, place)))])
        case ..<70: await update(tenant, place)
        case ..<78: await delete(tenant, place)
        case ..<97: await transaction(tenant)
        default: _ = await world.declare(tenant, random.pick(SimulatedSchemas.beta))
        }
    }

    private func pages(_ tenant: Int) async {
        let isAlpha = random.chance(700)
        let index = random.pick(PageRequest.Index.allCases)
        var request: PageRequest? = PageRequest(
            isAlpha: isAlpha,
            index: index,
            group: index == .group && random.chance(500) ? random.below(2) : nil,
            isDescending: random.chance(400),
            limit: random.within(1...4)
        )
        for _ in 0..<3 {
            guard let asked = request, !world.isOver else { return }
            request = await world.page(tenant, asked)?.next
        }
    }

    private func update(_ tenant: Int, _ place: Place) async {
        guard let document = await world.get(tenant, place), !world.isOver else { return }
        if random.chance(500) { await Task.yield() }
        let version = version(tenant, place)
        await world.commit(tenant, [(place, .replace(version: version, expected: document.revision.rawValue))])
    }

    private func delete(_ tenant: Int, _ place: Place) async {
        var expected: Int64?
        if random.chance(500) {
            guard let document = await world.get(tenant, place), !world.isOver else { return }
            expected = document.revision.rawValue
        }
        await world.commit(tenant, [(place, .delete(expected: expected))])
    }

    /// Reads some documents and changes some, on condition that none of those read has changed.
    private func transaction(_ tenant: Int) async {
        var writes: [(place: Place, write: Batch.Write)] = []
        for _ in 0..<random.below(3) {
            let place = random.pick(Place.all)
            let document = await world.get(tenant, place)
            guard !world.isOver else { return }
            writes.append((place, .check(expected: document?.revision.rawValue)))
        }
        if random.chance(300) { await Task.yield() }
        var places = Place.all
        for _ in 0...random.below(4) {
            let place = places.remove(at: random.below(places.count))
            let isDelete = random.chance(250)
            writes.append((place, isDelete ? .delete(expected: nil) : .upsert(version: version(tenant, place))))
        }
        await world.commit(tenant, writes)
    }

    private func version(_ tenant: Int, _ place: Place) -> Int {
        world.model.makeVersion(
            tenant,
            place,
            group: random.below(2),
            unique: random.chance(700) ? "u\(random.below(6))" : nil,
            expiresAt: random.chance(200) ? world.clock.now + .milliseconds(random.within(1...20_000)) : nil,
            padding: random.chance(50) ? random.below(3000) : random.below(120)
        )
    }
}
