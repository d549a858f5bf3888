import FunctionKit
import Glibc

/// The answer of `GET /admin/host/status`.
struct HostStatusView: Encodable {
    var id: String
    var state: String
    var version: String
    var versionDetails: String
    var instanceId: String
    var computerName: String
    var processUptime: Int64
    /// Whether functions can be written and removed through the admin API.
    var functionAppContentEditingState: String
    /// Why the host does not run, what is wrong with functions that do not, and with tenants of the store that are stopped or
    /// take no writes.
    var errors: [String]?

    init(_ status: HostStatus, _ state: HostState, _ app: RunningApp?, troubles: [String], now: Timestamp) {
        id = status.id
        self.state = state.rawValue
        version = status.version
        versionDetails = "Postern \(status.version), which emulates Azure Functions \(emulatedVersion)"
        instanceId = status.instanceID
        computerName = status.computerName
        functionAppContentEditingState = access(status.appRoot, W_OK) == 0 ? "Allowed" : "NotAllowed"
        processUptime = (now - status.startedAt).wholeMilliseconds
        let all = troubles + (app?.problems ?? []).map(\.description)
        errors = all.isEmpty ? nil : all
    }
}

/// The answer of `GET /admin/host/processes`: this process.
struct HostProcessesView: Encodable {
    struct Process: Encodable {
        var processId: Int32
        var processName: String
        var debugEngine: String
        var isEligibleForOpenInBrowser: Bool
    }

    var processes = [
        Process(processId: getpid(), processName: "postern", debugEngine: "", isEligibleForOpenInBrowser: false)
    ]
}

/// The answer of `POST /admin/host/restart`.
struct ApplicationOptionsView: Encodable {
    var isSelfHost = true
    /// The access keys are in the store.
    var secretsPath: String
    var scriptPath: String
    /// The log goes to standard output.
    var logPath = ""
    var testDataPath = ""
    var hasParentScope = false
    var isStandbyConfiguration = false
    var isFileSystemReadOnly: Bool
    var isScmRunFromPackage = false

    init(_ status: HostStatus) {
        secretsPath = status.dataFolder
        scriptPath = status.appRoot
        isFileSystemReadOnly = access(status.appRoot, W_OK) != 0
    }
}
