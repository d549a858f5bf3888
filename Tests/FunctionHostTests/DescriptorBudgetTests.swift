import Testing

@testable import FunctionHost

/// How the files that a process may open are divided.
struct DescriptorBudgetTests {
    @Test(arguments: [
        (1_048_576, 256, 20_000, 20_000), (20_384, 256, 20_000, 20_000), (20_383, 256, 20_000, 19_999),
        (1024, 256, 20_000, 640), (1024, 256, 100, 100), (600, 256, 20_000, 300), (80, 256, 20_000, 40),
        (1, 256, 20_000, 1), (0, 256, 20_000, 1),
    ])
    func connectionsLeaveRoomForTheStore(limit: Int, storeFiles: Int, wanted: Int, connections: Int) {
        let budget = DescriptorBudget(limit: limit, storeFiles: storeFiles)
        #expect(budget.connections(wanted: wanted) == connections)
        #expect((budget.notice(wanted: wanted) != nil) == (connections < wanted))
    }

    @Test func theNoticeNamesTheKeyTheReasonAndTheRemedy() {
        #expect(
            DescriptorBudget(limit: 1024, storeFiles: 256).notice(wanted: 20_000)
                == "640 connections are taken instead of 20000 (extensions.server.connectionsMax): this process may open 1024 "
                + "files, and the store needs some of them. Raise the hard limit (ulimit -Hn) for more."
        )
    }
}
