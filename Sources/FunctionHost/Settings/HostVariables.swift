import FunctionKit

/// The settings that the host adds for functions, as Azure's tools do; whatever sets one of them comes before it.
enum HostVariables {
    /// Where the host answers, where the app is, and that this is a developer's machine unless a setting says otherwise.
    static func make(appRoot: String, port: Int?, settings: SettingsStore) -> [String: String] {
        var variables = [
            "WEBSITE_HOSTNAME": port.map { "localhost:\($0)" } ?? "localhost",
            "AzureWebJobsScriptRoot": appRoot,
            "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
        ]
        let environment = settings.hostValue("AZURE_FUNCTIONS_ENVIRONMENT") ?? "Development"
        if equalsIgnoringASCIICase(environment, "Development") { variables["FUNCTIONS_CORETOOLS_ENVIRONMENT"] = "true" }
        return variables
    }
}
