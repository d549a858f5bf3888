import Testing

@testable import FunctionHost

/// How far a drain has come.
struct DrainStatusTests {
    @Test(arguments: [
        (false, 0, 0, DrainStatus.State.disabled), (false, 3, 1, .disabled), (true, 1, 0, .inProgress),
        (true, 0, 1, .inProgress), (true, 0, 0, .completed),
    ])
    func followsWhatRuns(isDraining: Bool, invocations: Int, retries: Int, state: DrainStatus.State) {
        let status = DrainStatus(
            isDraining: isDraining,
            outstandingInvocations: invocations,
            outstandingRetries: retries
        )
        #expect(status.state == state)
    }
}
