/// Which app settings a function names. Azure ignores the key `settings`; here it lists what the code reads, so that
/// `postern settings check` can tell what is missing: `"settings": ["PSA_API_URL", "ANTHROPIC_BASE_URL?"]`.
extension DescriptorReader {
    mutating func settingUses(of root: JSONValue) -> [SettingUse] {
        guard let value = root["settings"], !value.isNull else { return [] }
        guard let elements = value.elements else {
            report("settings", "The settings must be a list of names, not \(value.kindName).")
            return []
        }
        var uses: [SettingUse] = []
        for (index, element) in elements.enumerated() {
            let text = element.string ?? ""
            let isOptional = text.hasSuffix("?")
            let name = isOptional ? String(text.dropLast()) : text
            if name.isEmpty || name.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "=") }) {
                report("settings[\(index)]", "\(element.text) is not the name of an app setting.")
            } else {
                uses.append(SettingUse(name: name, isOptional: isOptional))
            }
        }
        return uses
    }

    /// The settings that a binding refers to: `%name%` in a schedule or queue name. A `connection` needs no value here, so it is optional.
    func settingUses(of binding: Binding) -> [SettingUse] {
        var uses: [SettingUse] = []
        for member in binding.value.members ?? [] {
            guard let text = member.value.string else { continue }
            if member.name.lowercased() == "connection" {
                guard !text.isEmpty else { continue }
                let name = ConnectionName.setting(for: text, settings: settings) ?? text
                uses.append(SettingUse(name: name, isOptional: true))
            } else if ["schedule", "queuename"].contains(member.name.lowercased()) {
                uses += SettingReferences.names(in: text).map { SettingUse(name: $0) }
            }
        }
        return uses
    }
}
