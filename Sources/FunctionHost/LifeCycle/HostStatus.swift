package import FunctionKit
import Glibc

/// The version of the Azure Functions host that is emulated.
package let emulatedVersion = "4.1037"

/// What the process tells of itself.
package struct HostStatus: Sendable {
    /// Azure's host id: names the app on this machine.
    package let id: String
    /// Names this process among several.
    package let instanceID: String
    /// The machine's name.
    package let computerName: String
    /// The folder with `host.json`.
    package let appRoot: String
    /// The folder for everything that the host keeps.
    package let dataFolder: String
    /// When the host began to start.
    package let startedAt: Timestamp
    /// The host's version.
    package let version: String

    /// Makes a status.
    package init(
        id: String = "postern",
        instanceID: String,
        computerName: String = "localhost",
        appRoot: String = "",
        dataFolder: String = "",
        startedAt: Timestamp,
        version: String
    ) {
        self.id = id
        self.instanceID = instanceID
        self.computerName = computerName
        self.appRoot = appRoot
        self.dataFolder = dataFolder
        self.startedAt = startedAt
        self.version = version
    }
}

/// Azure's host id, by which the real host keeps an app's timers and keys apart from others'.
enum HostIdentifier {
    /// The longest id, in characters.
    static let charactersMax = 32

    /// The id of an app: the setting `AzureFunctionsWebHost__hostid`, else made of the machine's name and the app's path.
    static func make(setting: String?, machine: String, path: String) -> String {
        if let setting, !setting.isEmpty { return setting.lowercased() }
        let name = machine.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let text = "\(name)-\(hash(path).magnitude)"
        var id = Substring(text.prefix(charactersMax))
        while id.last == "-" { id.removeLast() }
        return String(id)
    }

    /// The stable hash of Azure's local hosts: 23, then 31 times it and the next UTF-16 unit, in 32 bits.
    static func hash(_ text: String) -> Int32 { text.utf16.reduce(23) { $0 &* 31 &+ Int32($1) } }

    /// The machine's name; empty when the system has none.
    static var machine: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
