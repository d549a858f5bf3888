import Testing

@testable import FunctionHost

/// When a folder that changes is looked at.
struct ChangeDebounceTests {
    @Test func looksOnceTheFolderHasComeToRest() {
        var debounce = ChangeDebounce()
        var takes = false
        #expect(debounce.wait(at: .zero) == nil)
        takes = debounce.takes(at: .seconds(9))
        #expect(!takes)
        debounce.noticed(at: .zero)
        debounce.noticed(at: .milliseconds(400))
        takes = debounce.takes(at: .milliseconds(899))
        #expect(!takes)
        #expect(debounce.wait(at: .milliseconds(899)) == .milliseconds(1))
        takes = debounce.takes(at: .milliseconds(900))
        #expect(takes)
        takes = debounce.takes(at: .milliseconds(900))
        #expect(!takes, "Once for all that was noticed.")
    }

    @Test func aFolderThatNeverRestsIsLookedAtAllTheSame() {
        var debounce = ChangeDebounce()
        var looks: [Int] = []
        for millisecond in stride(from: 0, through: 12_000, by: 100) {
            let now = Duration.milliseconds(millisecond)
            if debounce.takes(at: now) { looks.append(millisecond) }
            debounce.noticed(at: now)
        }
        #expect(looks == [5000, 10_000])
    }
}
