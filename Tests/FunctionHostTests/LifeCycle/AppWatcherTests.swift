import FunctionKit
import Glibc
import Testing

@testable import FunctionHost

/// Which changes of an app's files are told, with inotify and without.
struct AppWatcherTests {
    /// A folder for one test, and what its watcher tells.
    private final class World: Sendable {
        let root: String
        private let told: AsyncStream<[String]>
        private let teller: AsyncStream<[String]>.Continuation
        private let watcher = LockedState<AppWatcher?>(nil)

        init() throws {
            var template = Array("/tmp/postern-watch-XXXXXX".utf8CString)
            try #require(mkdtemp(&template) != nil)
            root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            (told, teller) = AsyncStream.makeStream()
        }

        func watch(_ scope: AppFingerprint.Scope, notified: Bool) {
            let observer: AppWatcher.Observer = { [teller] before, now in
                let offline = before.isOffline == now.isOffline ? [] : ["offline \(now.isOffline)"]
                teller.yield(
                    offline
                        + now.changes(since: before).map { "\($0.type) \($0.path.split(separator: "/").last ?? "")" }
                )
            }
            let watcher =
                notified
                ? AppWatcher(root: root, observer: observer)
                : AppWatcher(root: root, openNotifications: { -1 }, observer: observer)
            watcher.watch(scope, since: AppFingerprint(root: root, scope: scope))
            self.watcher.withLock { $0 = watcher }
        }

        func next() async -> [String]? { await told.first { _ in true } }

        func write(_ text: String, to name: String) throws {
            if let slash = name.lastIndex(of: "/") { mkdir("\(root)/\(name[..<slash])", 0o755) }
            let file = try #require(fopen("\(root)/\(name)", "w"))
            fputs(text, file)
            fclose(file)
        }

        func remove(_ name: String) { unlink("\(root)/\(name)") }

        deinit { watcher.withLock { $0?.close() } }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func tellsOfTheFilesThatDeclareAnApp(notified: Bool) async throws {
        let world = try World()
        try world.write("{", to: "host.json")
        world.watch(.everything, notified: notified)
        try world.write("{}", to: "host.json")
        #expect(await world.next() == ["Changed host.json"])
        try world.write("{}", to: "hello/function.json")
        #expect(await world.next() == ["Created function.json"])
        try world.write("[]", to: "hello/function.json")
        #expect(await world.next() == ["Changed function.json"])
        world.remove("hello/function.json")
        #expect(await world.next() == ["Deleted function.json"])
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func tellsOfTheOfflinePage(notified: Bool) async throws {
        let world = try World()
        try world.write("{}", to: "host.json")
        world.watch(.offlinePage, notified: notified)
        try world.write("{ }", to: "host.json")
        try world.write("x", to: "other.txt")
        try world.write("away", to: "app_offline.htm")
        #expect(await world.next() == ["offline true"], "An app that runs is not told of the others.")
        world.remove("app_offline.htm")
        #expect(await world.next() == ["offline false"])
    }

    /// What was changed after the app was read and before it is watched.
    @Test(.timeLimit(.minutes(1)))
    func tellsOfAChangeFromBeforeTheWatch() async throws {
        let world = try World()
        try world.write("{", to: "host.json")
        let before = AppFingerprint.Stamp(of: world.root + "/host.json")
        try world.write("{} ", to: "host.json")
        let told = LockedState<CheckedContinuation<[String], Never>?>(nil)
        let watcher = AppWatcher(root: world.root) { before, now in
            told.withLock { $0 }?.resume(returning: now.changes(since: before).map(\.type))
        }
        defer { watcher.close() }
        let types = await withCheckedContinuation { continuation in
            told.withLock { $0 = continuation }
            var baseline = AppFingerprint(root: world.root, scope: .everything)
            baseline.replace(world.root + "/host.json", with: before)
            watcher.watch(.everything, since: baseline)
        }
        #expect(types == ["Changed"])
    }
}
