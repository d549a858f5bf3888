import CLinux
import FunctionKit
import Glibc

/// Tells when the files that declare an app are changed.
///
/// inotify only wakes it; what was changed is found by comparing two looks. So nothing is lost when events are (a full queue, a
/// network drive that sends none), and without inotify the same looks are taken every ``pollInterval``.
final class AppWatcher: Sendable {
    /// What is told: the look before and the one now, which differ.
    typealias Observer = @Sendable (_ before: AppFingerprint, _ now: AppFingerprint) -> Void

    /// How often to look without inotify: every second.
    static let pollInterval = Duration.seconds(1)
    /// How often to look at everything although inotify tells of nothing: every 5 s.
    static let lookInterval = Duration.seconds(5)

    private struct State {
        var scope = AppFingerprint.Scope.offlinePage
        var baseline: AppFingerprint
        var isClosed = false
        var hasNewScope = true
    }

    private let root: String
    private let observer: Observer
    private let state: LockedState<State>
    private let wakeUp: Int32
    /// -1 without inotify.
    private let notifications: Int32
    private let clock = SystemClock()

    /// Begins to watch whether `app_offline.htm` comes or goes.
    ///
    /// - Parameter openNotifications: gives an inotify descriptor; negative when there is none.
    init(
        root: String,
        openNotifications: () -> Int32 = { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) },
        observer: @escaping Observer
    ) {
        self.root = root
        self.observer = observer
        state = LockedState(State(baseline: AppFingerprint(root: root, scope: .offlinePage)))
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        notifications = openNotifications()
        startThread { [self] in run() }
    }

    /// Not before the thread has ended, which keeps a reference: nobody may write to a descriptor that is another's by then.
    deinit {
        if isNotified { Glibc.close(notifications) }
        Glibc.close(wakeUp)
    }

    /// Whether it is told of changes instead of looking for them.
    var isNotified: Bool { notifications >= 0 }

    /// Watches this much from now on.
    ///
    /// - Parameter baseline: what to compare with; what was changed since is told.
    func watch(_ scope: AppFingerprint.Scope, since baseline: AppFingerprint) {
        state.withLock { state in
            state.scope = scope
            state.baseline = baseline
            state.hasNewScope = true
        }
        wake()
    }

    /// Ends the watch; nothing is told any more, apart from what is being told now.
    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    private func run() {
        postern_name_thread("app-watcher")
        var debounce = ChangeDebounce()
        var watches: [Int32] = []
        var nextLook: Duration?
        while true {
            let (scope, isNew, isClosed) = state.withLock { state in
                defer { state.hasNewScope = false }
                return (state.scope, state.hasNewScope, state.isClosed)
            }
            if isClosed { break }
            if isNew {
                watches = arm(scope, instead: watches)
                // Something may have changed before the watches were there.
                debounce.noticed(at: clock.uptime)
            }
            let interval = isNotified ? (scope == .everything ? Self.lookInterval : nil) : Self.pollInterval
            if nextLook == nil || interval == nil { nextLook = interval.map { clock.uptime + $0 } }
            if wait(until: [debounce.wait(at: clock.uptime), nextLook.map { $0 - clock.uptime }]) {
                debounce.noticed(at: clock.uptime)
            }
            if let look = nextLook, look <= clock.uptime {
                nextLook = nil
                if hasChanged() { debounce.noticed(at: clock.uptime) }
            }
            if debounce.takes(at: clock.uptime) {
                if scope == .everything { watches = arm(scope, instead: watches) }
                compare()
            }
        }
    }

    /// Waits for the earliest of these times, a notification or a call.
    ///
    /// - Returns: whether there was a notification.
    private func wait(until times: [Duration?]) -> Bool {
        let time = times.compactMap { $0 }.min()
        let milliseconds = time.map { Int32(clamping: max(0, $0.wholeMilliseconds) + 1) } ?? -1
        var descriptors = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
        if isNotified { descriptors.append(pollfd(fd: notifications, events: Int16(POLLIN), revents: 0)) }
        _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        var count: UInt64 = 0
        _ = read(wakeUp, &count, 8)
        guard isNotified else { return false }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isTold = false
        // What the events say does not matter: they are only a reason to look.
        while read(notifications, &buffer, buffer.count) > 0 { isTold = true }
        return isTold
    }

    private func hasChanged() -> Bool {
        let (scope, baseline) = state.withLock { ($0.scope, $0.baseline) }
        return AppFingerprint(root: root, scope: scope) != baseline
    }

    private func compare() {
        let scope = state.withLock { $0.scope }
        let now = AppFingerprint(root: root, scope: scope)
        let before = state.withLock { state -> AppFingerprint? in
            // Somebody asked for another watch in the meantime: that one will look for itself.
            guard state.scope == scope, !state.isClosed, state.baseline != now else { return nil }
            defer { state.baseline = now }
            return state.baseline
        }
        if let before { observer(before, now) }
    }

    /// Sets the watches of a scope; folders that are watched already stay so.
    private func arm(_ scope: AppFingerprint.Scope, instead old: [Int32]) -> [Int32] {
        guard isNotified else { return [] }
        var mask = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO
        if scope == .everything { mask |= IN_CLOSE_WRITE | IN_ATTRIB }
        var folders = [root]
        if scope == .everything {
            folders += ["\(root)/\(AppFolder.functionsFolder)"] + AppFingerprint.folders(of: root)
        }
        let watches = folders.map { inotify_add_watch(notifications, $0, UInt32(mask) | UInt32(IN_ONLYDIR)) }
            .filter { $0 >= 0 }
        for watch in Set(old).subtracting(watches) { inotify_rm_watch(notifications, watch) }
        return watches
    }
}
