import FunctionKit

/// Reads one `function.json` and gathers everything that is wrong with it, in the order of Azure's own checks.
struct DescriptorReader {
    /// The binding types that the host knows, in lower case.
    static let knownTypes: Set<String> = [
        "httptrigger", "timertrigger", "queuetrigger", "warmuptrigger", "manualtrigger", "http", "queue",
    ]

    let name: String
    let folder: String
    /// The file's path for messages, relative to the app's root.
    let file: String
    let settings: @Sendable (String) -> String?
    private(set) var problems: [FunctionProblem] = []
    /// The app settings that the file names, even when ``problems`` keep it from loading.
    private(set) var settingUses: [SettingUse] = []

    init(name: String, folder: String, file: String, settings: @escaping @Sendable (String) -> String?) {
        self.name = name
        self.folder = folder
        self.file = file
        self.settings = settings
    }

    /// The descriptor; nil when ``problems`` has an entry.
    mutating func read(_ bytes: [UInt8]) -> FunctionDescriptor? {
        guard FunctionName.isValid(name) else {
            report(nil, "'\(name)' is not a valid function name.")
            return nil
        }
        guard let root = parse(bytes) else { return nil }
        // The order of Azure's own reading: what comes first here is what Azure tells.
        let read = readBindings(of: root)
        checkConfigurationSource(of: root)
        let scriptFile = self.scriptFile(of: root)
        let entryPoint = self.entryPoint(of: root)
        let retry = retryPolicy(of: root)
        let bindings = read.flatMap { checked($0) }
        var trigger: Trigger?
        if let bindings { trigger = self.trigger(among: bindings) }
        let outputs = self.outputs(among: bindings ?? [])
        var uses = settingUses(of: root)
        for binding in bindings ?? [] { uses += settingUses(of: binding) }
        settingUses = merged(uses)
        guard problems.isEmpty, let scriptFile, let entryPoint, let bindings, let trigger else { return nil }
        return FunctionDescriptor(
            name: name,
            folder: folder,
            file: file,
            scriptFile: scriptFile,
            namesScriptFile: root["scriptFile"]?.string?.isEmpty == false,
            entryPoint: entryPoint,
            trigger: trigger,
            bindings: bindings,
            outputs: outputs,
            retry: retry,
            settings: settingUses,
            isDisabled: FunctionName.isDisabled(name, settings: settings),
            source: bytes
        )
    }

    mutating func report(_ key: String?, _ reason: String) {
        problems.append(FunctionProblem(functionName: name, file: file, key: key, reason: reason))
    }

    private mutating func parse(_ bytes: [UInt8]) -> JSONValue? {
        do {
            let root = try LenientJSON.parse(bytes)
            if root.members != nil { return root }
            report(nil, "The file must hold a JSON object, not \(root.kindName).")
        } catch {
            report(nil, "The file is not valid JSON: \(error).")
        }
        return nil
    }

    /// The library, by the folder's name where the file names none.
    private mutating func scriptFile(of root: JSONValue) -> String? {
        guard let value = root["scriptFile"], !value.isNull, value.string != "" else {
            return FunctionName.libraryName(name)
        }
        guard let text = value.string, !text.utf8.contains(0) else {
            report("scriptFile", "It must name the function's library, such as \"libTicketSync.so\".")
            return nil
        }
        return text
    }

    /// The type, by the folder's name where the file names none.
    private mutating func entryPoint(of root: JSONValue) -> EntryPoint? {
        guard let value = root["entryPoint"], !value.isNull, value.string != "" else {
            let module = FunctionName.moduleName(name)
            return EntryPoint("\(module).\(module)")
        }
        guard let entryPoint = value.string.flatMap(EntryPoint.init) else {
            report(
                "entryPoint",
                "\(value.text) does not name a type as Module.Type, such as \"TicketSync.TicketSync\"."
            )
            return nil
        }
        return entryPoint
    }

    /// The one key at the top of the file whose name Azure reads in any case.
    private mutating func checkConfigurationSource(of root: JSONValue) {
        guard let source = root.member(ignoringCase: "configurationSource"), !source.isNull else { return }
        let text = source.scalarText ?? source.text
        guard !["attributes", "config"].contains(text.lowercased()) else { return }
        report("configurationSource", "Illegal value '\(text)' for 'configurationSource' property in \(name)'.")
    }

    private mutating func retryPolicy(of root: JSONValue) -> RetryPolicy? {
        guard let value = root["retry"], !value.isNull else { return nil }
        do {
            return try RetryPolicy(value)
        } catch {
            report(error.key.map { "retry.\($0)" } ?? "retry", error.reason)
            return nil
        }
    }

    private func merged(_ uses: [SettingUse]) -> [SettingUse] {
        var result: [SettingUse] = []
        for use in uses {
            if let index = result.firstIndex(where: { $0.name == use.name }) {
                result[index].isOptional = result[index].isOptional && use.isOptional
            } else {
                result.append(use)
            }
        }
        return result
    }
}
