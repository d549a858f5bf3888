import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What a request meets while the app comes and goes.
struct AppSlotTests {
    private let app = TestApp()
    private let clock: ManualClock

    init() { clock = app.clock }

    private func name(_ answerer: AppSlot.Answerer) -> String {
        switch answerer {
        case .app: "app"
        case .offline(let page): "offline " + String(decoding: page, as: UTF8.self)
        case .none: "none"
        }
    }

    @Test(arguments: [HostState.error, .stopping, .stopped])
    func nobodyIsWaitedForWhoWillNotCome(state: HostState) async {
        let slot = AppSlot()
        slot.set(state, errors: [])
        #expect(await name(slot.answerer(waiting: .seconds(30), clock: clock)) == "none")
    }

    @Test func anOfflineAppHasAPage() async {
        let slot = AppSlot()
        slot.set(.offline, errors: [], offlinePage: Array("gone fishing".utf8))
        #expect(await name(slot.answerer(waiting: .seconds(30), clock: clock)) == "offline gone fishing")
    }

    @Test func aStartIsWaitedForUntilItEnds() async {
        let slot = AppSlot()
        slot.set(.starting, errors: [])
        async let waiting = slot.answerer(waiting: .seconds(30), clock: clock)
        await clock.waitForSleepers(1)
        slot.set(.error, errors: ["broken"])
        #expect(await name(waiting) == "none")
    }

    @Test func aStartIsNotWaitedForForEver() async {
        let slot = AppSlot()
        slot.set(.starting, errors: [])
        async let waiting = slot.answerer(waiting: .seconds(30), clock: clock)
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(30))
        #expect(await name(waiting) == "none")
    }

    @Test func aCallerThatVanishesIsLetGo() async {
        let slot = AppSlot()
        slot.set(.starting, errors: [])
        let waiting = Task { await name(slot.answerer(waiting: .seconds(30), clock: clock)) }
        await clock.waitForSleepers(1)
        waiting.cancel()
        #expect(await waiting.value == "none")
    }
}
