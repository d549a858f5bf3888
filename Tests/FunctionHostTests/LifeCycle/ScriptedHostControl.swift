import FunctionKit

@testable import FunctionHost

/// A host's life that says what a test wants, and keeps what it was asked for.
final class ScriptedHostControl: HostControl {
    struct Script {
        var state = HostState.running
        var errors: [String] = []
        var isDraining = false
        var outstandingInvocations = 0
        var failure: HostControlError?
        var calls: [String] = []
    }

    let script: LockedState<Script>

    init(_ script: Script = Script()) { self.script = LockedState(script) }

    func status() -> (state: HostState, errors: [String]) { script.withLock { ($0.state, $0.errors) } }

    func drain() -> Bool {
        script.withLock { script in
            script.calls.append("drain")
            script.isDraining = script.state == .running
            return script.state == .running
        }
    }

    func drainStatus() -> DrainStatus? {
        script.withLock { script in
            guard script.state == .running else { return nil }
            return DrainStatus(
                isDraining: script.isDraining,
                outstandingInvocations: script.outstandingInvocations,
                outstandingRetries: 0
            )
        }
    }

    func resume() -> HostState? {
        script.withLock { script in
            script.calls.append("resume")
            guard script.state == .running else { return nil }
            script.isDraining = false
            return script.state
        }
    }

    func restart() { script.withLock { $0.calls.append("restart") } }

    func log(_ record: LogRecord) {
        script.withLock { $0.calls.append("log \(record.level) \(record.category) \(record.message)") }
    }

    func setOffline(_ isOffline: Bool) throws(HostControlError) -> Bool {
        let (failure, changed) = script.withLock { script -> (HostControlError?, Bool) in
            script.calls.append("offline \(isOffline)")
            guard script.failure == nil else { return (script.failure, false) }
            defer { script.state = isOffline ? .offline : .running }
            return (nil, isOffline != (script.state == .offline))
        }
        if let failure { throw failure }
        return changed
    }
}
