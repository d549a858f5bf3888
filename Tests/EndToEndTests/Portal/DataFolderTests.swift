import FunctionKit
import Glibc
import Testing

/// Data folders that cannot hold data, at the start and later.
struct DataFolderTests {
    @Test func aFolderBelowAFileIsRefused() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("not a folder", to: "file")
        let result = try await runPostern([
            "start", "--app", Workplace.app("hello"), "--data", scratch.path + "/file/data", "--port", "0",
        ])
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("\(scratch.path)/file"), "\(result.errors)")
        #expect(result.errors.contains("Not a directory"), "\(result.errors)")
        #expect(result.errors.contains("Name a folder that can exist there."), "\(result.errors)")
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"))
    func aReadOnlyFolderIsRefused() async throws {
        let disk = try await SmallDisk()
        try await disk.remount("ro")
        let result = try await runPostern([
            "start", "--app", Workplace.app("hello"), "--data", disk.path, "--port", "0",
        ])
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("Read-only file system"), "\(result.errors)")
        #expect(result.errors.contains("name another data folder"), "\(result.errors)")
        await disk.end()
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"))
    func aFullFolderIsRefused() async throws {
        let disk = try await SmallDisk()
        disk.fill()
        let result = try await runPostern([
            "start", "--app", Workplace.app("hello"), "--data", disk.path + "/data", "--port", "0",
        ])
        #expect(result.ending == .exited(78))
        #expect(result.errors.contains("No space left on device"), "\(result.errors)")
        #expect(result.errors.contains("Free some space on that disk"), "\(result.errors)")
        await disk.end()
    }

    /// The disk fills up while clients write: they are told, nothing that was acknowledged is lost, and writing goes on as
    /// soon as there is room.
    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount"))
    func aDiskThatFillsUpLosesNothing() async throws {
        let disk = try await SmallDisk()
        let stack = try await PortalStack(folder: ScratchFolder(path: disk.path))
        let dana = try await stack.signIn("dana")
        let text = String(repeating: "Lorem ipsum. ", count: 2000)
        func write(_ number: Int) async throws -> Answer {
            try await dana.post(
                "/api/portal/tickets",
                ["subject": .text("Ticket \(number)"), "description": .text(text)]
            )
        }
        var acknowledged: Set<String> = []
        var refused: Answer?
        for number in 0..<1000 where refused == nil {
            let answer = try await write(number)
            if answer.status == 201 {
                acknowledged.insert(answer.json["id"].text ?? "")
            } else {
                refused = answer
            }
        }
        let answer = try #require(refused)
        #expect((500...599).contains(answer.status), "\(answer.status)")
        #expect(!answer.body.contains(disk.path), "The path is not the client's affair")
        #expect(acknowledged.count > 10)
        #expect(try await dana.get("/api/portal/tickets?limit=1").status == 200, "Reading goes on")
        #expect(await (try stack.portal).process.waitForOutput("No space left on device"))
        #expect(Set(try await dana.all("/api/portal/tickets").compactMap(\.["id"].text)) == acknowledged)

        try await disk.remount("size=16m")
        let later = try await eventually("a write after there was room") {
            let answer = try await write(1000)
            return answer.status == 201 ? answer.json["id"].text : nil
        }
        acknowledged.insert(later)
        try await stack.crashPortal()
        try await stack.start()
        #expect(Set(try await dana.all("/api/portal/tickets").compactMap(\.["id"].text)) == acknowledged)
        try await stack.stopPortal()
        #expect(try await runPostern(["store", "verify", "--data", stack.dataFolder]).ending == .exited(0))
        await stack.end()
        await disk.end()
    }
}
