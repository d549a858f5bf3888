internal import DocumentStore
internal import FunctionKit

/// Does what the host does beside its clients: moves time on, sweeps, compacts, looks at the tenants' health.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
final class Keeper: @unchecked Sendable {
    private let world: World
    private var random: SimulationRandom
    private let steps: Int
    /// After how many steps it closes the store; nil for never.
    private let closesAfter: Int?

    init(_ world: World, steps: Int, closesAfter: Int?) {
        self.world = world
        self.steps = steps
        self.closesAfter = closesAfter
        random = SimulationRandom(seed: world.random.next(), stream: 2)
    }

    func run() async {
        for number in 0..<steps where !world.isOver {
            if number == closesAfter {
                world.isClosing = true
                await world.engine.close()
                return
            }
            await step()
            for _ in 0..<random.below(6) { await Task.yield() }
        }
    }

    private func step() async {
        switch random.below(12) {
        case ..<4: world.clock.move(milliseconds: random.within(1...3000))
        case 4: world.clock.move(milliseconds: -random.within(1...8000))
        case ..<7: await compact()
        case ..<9: await sweep()
        case ..<11: await world.follow(random.below(world.model.tenants.count), limit: random.within(1...4))
        default: await look()
        }
    }

    private func compact() async {
        let tenant = random.below(world.model.tenants.count)
        world.model.trace.note("compact", "", tenant)
        do throws(StoreError) {
            try await world.files?.compact(StoreModel.name(tenant))
        } catch {
            _ = world.take(error, of: "compact")
        }
    }

    private func sweep() async {
        world.model.trace.note("sweep")
        do throws(StoreError) {
            _ = try await world.files?.sweepExpired()
        } catch {
            _ = world.take(error, of: "sweep")
        }
    }

    /// The lists of tenants and collections, and that nobody is in trouble without a reason.
    private func look() async {
        do throws(StoreError) {
            let tenants = try await world.engine.tenants()
            if tenants != tenants.sorted() { world.model.fail("tenants come in no order") }
            _ = try await world.partition(random.below(world.model.tenants.count)).collections()
        } catch {
            _ = world.take(error, of: "list")
        }
        guard !world.isDead, let disk = world.disk, !disk.faults.canFail, !disk.hasFailed else { return }
        if let trouble = world.files?.troubledTenants.first, !world.isClosing {
            world.model.fail("tenant '\(trouble.tenant)' is in trouble on a sound disk: \(trouble.reason.message)")
        }
    }
}
