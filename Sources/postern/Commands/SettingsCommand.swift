import FunctionHost

/// `postern settings`: what the functions' app settings are.
enum SettingsCommand {
    static let command = Command(
        "settings",
        "Check the app settings that the functions need",
        details: """
            List every app setting that the functions name: set or not, Key Vault references resolved or not. Shows no values.
            """,
        actions: [.init(name: "check", summary: "List the settings; fails when one is missing")],
        options: [.app(), .json],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        let app = try await InspectedApp(arguments)
        let check = SettingsCheck(app: app.loaded, loaded: app.settings, resolution: app.resolution)
        return AppCommands.emit(check.output(json: arguments.has("json")))
    }
}
