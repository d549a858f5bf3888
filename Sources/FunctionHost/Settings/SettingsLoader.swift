import FunctionKit

/// Gathers the app settings: the environment first, then `local.settings.json` in the app's root, with the rules of Azure's
/// Core Tools. A value never reaches a message.
package struct SettingsLoader {
    /// The largest `local.settings.json` that is read.
    package static let fileBytesMax = 1 << 20
    /// The file's name.
    package static let fileName = "local.settings.json"

    private let path: String
    private let environment: [String: String]
    private var loaded = LoadedSettings()
    private let overrides: LocalHostOverrides
    private var problems: [String] = []

    /// Loads the settings of the app in `root`.
    ///
    /// A missing file is fine. A file that is not JSON, or has a list or object among its `Values`, counts as empty, with a
    /// warning. An absent `IsEncrypted` counts as true, as in Azure.
    ///
    /// - Parameter overrides: what the command line says in place of the `Host` section.
    /// - Throws: ``SettingsError`` for values marked as encrypted, which only Azure's tools can read, and for a `Host` section
    ///   that cannot be meant.
    package static func load(
        root: String,
        environment: [String: String],
        files: some AppFiles = SystemAppFiles(),
        overrides: LocalHostOverrides = LocalHostOverrides()
    ) throws(SettingsError) -> LoadedSettings {
        var loader = SettingsLoader(path: "\(root)/\(fileName)", environment: environment, overrides: overrides)
        for (name, text) in environment {
            loader.loaded.entries[name] = LoadedSettings.Entry(text: text, source: .environment)
        }
        do {
            loader.read(try files.contents(of: loader.path, upTo: fileBytesMax))
        } catch {
            if error != .missing { loader.warnUnreadable(error.description) }
        }
        loader.applyOverrides()
        guard loader.problems.isEmpty else { throw SettingsError(loader.problems) }
        return loader.loaded
    }

    private init(path: String, environment: [String: String], overrides: LocalHostOverrides) {
        self.path = path
        self.environment = environment
        self.overrides = overrides
    }

    private mutating func warnUnreadable(_ reason: String) {
        let message =
            "Failed to read app settings file at '\(path)'. Ensure it is a valid JSON file. \(reason) "
            + "None of its settings are in force."
        loaded.isFileUnreadable = true
        loaded.notices.append(SettingsNotice(.warning, message))
    }

    private mutating func read(_ bytes: [UInt8]) {
        let root: JSONValue
        do {
            root = try LenientJSON.parse(bytes)
        } catch {
            warnUnreadable("It is not JSON at \(error.position).")
            return
        }
        guard root.members != nil else {
            warnUnreadable("It holds \(root.kindName), not an object.")
            return
        }
        for section in ["Values", "ConnectionStrings", "Host"] {
            guard let value = root.member(ignoringCase: section), !value.isNull, value.members == nil else { continue }
            warnUnreadable("'\(section)' at \(value.position) is \(value.kindName), not an object.")
            return
        }
        let values = root.member(ignoringCase: "Values")?.members ?? []
        let connections = root.member(ignoringCase: "ConnectionStrings")?.members ?? []
        if let nested = values.first(where: { $0.value.members != nil || $0.value.elements != nil }) {
            warnUnreadable("The value of '\(nested.name)' at \(nested.value.position) is \(nested.value.kindName).")
            return
        }
        readHost(root.member(ignoringCase: "Host"))
        guard values.count + connections.count > 0, isReadable(root) else { return }
        for member in values { add(member.name, member.value) }
        for member in connections { addConnection(member) }
    }

    private mutating func isReadable(_ root: JSONValue) -> Bool {
        let flag = root.member(ignoringCase: "IsEncrypted")
        if let flag, flag.bool == false { return true }
        problems.append(Self.encryptedText(root, path: path))
        return false
    }

    /// What is said of a file that counts as encrypted: Core Tools' sentence, the reason and the remedy.
    static func encryptedText(_ root: JSONValue, path: String) -> String {
        "Failed to decrypt settings. Encrypted settings only be edited through 'func settings add'. "
            + (root.member(ignoringCase: "IsEncrypted") == nil
                ? "'IsEncrypted' is missing, which counts as true. " : "")
            + "Write the values in plain text and \"IsEncrypted\": false into '\(path)'."
    }

    private mutating func addConnection(_ member: JSONValue.Member) {
        let value = member.value.members == nil ? member.value : member.value.member(ignoringCase: "ConnectionString")
        add("ConnectionStrings:\(member.name)", value ?? JSONValue(.null))
    }

    private mutating func add(_ name: String, _ value: JSONValue) {
        guard !name.isEmpty else {
            loaded.notices.append(SettingsNotice(.warning, "Skipping a local setting with an empty name."))
            return
        }
        loaded.localNames.append(name)
        if environment[name] != nil {
            let message =
                "Skipping '\(name)' from local settings as it's already defined in current environment variables."
            loaded.notices.append(SettingsNotice(.warning, message))
        } else if let text = value.scalarText {
            loaded.entries[name] = LoadedSettings.Entry(text: text, source: .localFile)
        } else {
            loaded.notices.append(
                SettingsNotice(.warning, "Skipping '\(name)' from local settings as it has no value.")
            )
        }
    }
}

extension SettingsLoader {
    private mutating func readHost(_ host: JSONValue?) {
        guard let host, !host.isNull else { return }
        if let port = present("LocalHttpPort", in: host) {
            if let number = port.int, (0...65_535).contains(number) {
                loaded.host.port = number
            } else {
                report("LocalHttpPort", "It must be a port number from 0 to 65535.")
            }
        }
        if let address = present("LocalHttpAddress", in: host) {
            if let text = address.string, !text.isEmpty {
                loaded.host.address = text
            } else {
                report("LocalHttpAddress", "It must be an address such as \"127.0.0.1\".")
            }
        }
        readCORS(host)
    }

    private mutating func readCORS(_ host: JSONValue) {
        if let origins = present("CORS", in: host) {
            if let text = origins.string {
                loaded.host.corsOrigins = LocalHostOptions.origins(inList: text)
            } else {
                report("CORS", "It must be \"*\" or a list of origins with commas, such as \"http://localhost:3000\".")
            }
        }
        if let credentials = present("CORSCredentials", in: host) {
            if let flag = credentials.bool {
                loaded.host.corsCredentials = flag
            } else {
                report("CORSCredentials", "It must be true or false.")
            }
        }
    }

    /// Puts the command line's options in the file's place, and looks at what both make together.
    private mutating func applyOverrides() {
        if let port = overrides.port { loaded.host.port = port }
        if let address = overrides.address { loaded.host.address = address }
        if let list = overrides.cors { loaded.host.corsOrigins = LocalHostOptions.origins(inList: list) }
        if overrides.corsCredentials { loaded.host.corsCredentials = true }
        let cors = overrides.cors == nil ? "\(Self.fileName): Host.CORS" : "--cors"
        for origin in loaded.host.corsOrigins where origin != "*" && OriginRule(origin) == nil {
            let message =
                "\(cors): '\(origin)' is not an origin, so no page has it. Write scheme, host and port alone, such as "
                + "'http://localhost:3000'."
            loaded.notices.append(SettingsNotice(.warning, message))
        }
        guard loaded.host.corsCredentials else { return }
        let key = overrides.corsCredentials ? "--cors-credentials" : "\(Self.fileName): Host.CORSCredentials"
        for origin in ["*", "null"] where loaded.host.corsOrigins.contains(origin) {
            problems.append(
                "\(key): It cannot be true while CORS is \"\(origin)\", since then any site could act for a signed-in user. "
                    + "List the origins instead."
            )
        }
    }

    private func present(_ name: String, in host: JSONValue) -> JSONValue? {
        host.member(ignoringCase: name).flatMap { $0.isNull ? nil : $0 }
    }

    private mutating func report(_ key: String, _ reason: String) {
        problems.append("\(Self.fileName): Host.\(key): \(reason)")
    }
}
