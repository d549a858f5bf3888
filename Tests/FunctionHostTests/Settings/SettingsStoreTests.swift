import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Lookups by the host, and the settings that it adds itself.
struct SettingsStoreTests {
    private func store(_ environment: [String: String]) throws -> SettingsStore {
        let loaded = try SettingsLoader.load(root: "/app", environment: environment, files: MemoryAppFiles())
        return SettingsStore(loaded: loaded, resolution: SettingsResolution(values: environment))
    }

    @Test(
        arguments: [
            (
                [
                    "ConnectionStrings:AzureWebJobsDb": "1", "AzureWebJobsDb": "2", "ConnectionStrings:Db": "3",
                    "Db": "4",
                ], "Db", "1"
            ),
            (["AzureWebJobsDb": "2", "ConnectionStrings:Db": "3", "Db": "4"], "Db", "2"),
            (["ConnectionStrings:Db": "3", "Db": "4"], "Db", "3"), (["Db": "4"], "db", "4"),
            (["AzureWebJobsDb": "", "Db": "4"], "Db", "4"), (["Other": "4"], "Db", nil),
            (["AzureWebJobsStorage": "5", "": "6"], nil, "5"), (["AzureWebJobsStorage": "5"], "", "5"),
            (["ConnectionStrings__Db": "7"], "Db", "7"),
        ] as [([String: String], String?, String?)]
    )
    func aConnectionIsFoundInAzuresOrder(environment: [String: String], name: String?, expected: String?) throws {
        #expect(try store(environment).connection(name) == expected)
    }

    @Test(
        arguments: [
            ([:], "Development", "true"), (["AZURE_FUNCTIONS_ENVIRONMENT": "Production"], "Production", nil),
            (["AZURE_FUNCTIONS_ENVIRONMENT": "development"], "development", "true"),
            (["FUNCTIONS_CORETOOLS_ENVIRONMENT": "no"], "Development", "no"),
        ] as [([String: String], String, String?)]
    )
    func theHostAddsWhatItKnows(environment: [String: String], name: String, coreTools: String?) throws {
        let store = try store(environment)
        store.supply(HostVariables.make(appRoot: "/app", port: 7071, settings: store))
        #expect(store.appSettings["WEBSITE_HOSTNAME"] == "localhost:7071")
        #expect(store.appSettings["AzureWebJobsScriptRoot"] == "/app")
        #expect(store.appSettings["AZURE_FUNCTIONS_ENVIRONMENT"] == name)
        #expect(store.appSettings["FUNCTIONS_CORETOOLS_ENVIRONMENT"] == coreTools)
    }

    @Test func theEnvironmentComesBeforeTheHost() throws {
        let store = try store(["WEBSITE_HOSTNAME": "portal.example"])
        store.supply(HostVariables.make(appRoot: "/app", port: 7071, settings: store))
        #expect(store.value("WEBSITE_HOSTNAME") == "portal.example")
    }

    @Test func theOverridesOfHostJSONAreFoundWhereverTheyAreSet() throws {
        let files = MemoryAppFiles([
            "/app/local.settings.json": """
            {"IsEncrypted": false, "Values": {"AzureFunctionsJobHost__functionTimeout": "00:00:05", "Other": "x",
              "azurefunctionsjobhost:retry:maxRetryCount": 3, "AzureFunctionsJobHost__functions__0": "file"}}
            """
        ])
        let environment = ["AzureFunctionsJobHost__functions__0": "environment", "AzureFunctions": "x"]
        let loaded = try SettingsLoader.load(root: "/app", environment: environment, files: files)
        let store = SettingsStore(
            loaded: loaded,
            resolution: SettingsResolution(values: loaded.entries.mapValues(\.text))
        )
        #expect(
            store.hostJSONOverrides == [
                "AzureFunctionsJobHost__functionTimeout": "00:00:05", "azurefunctionsjobhost:retry:maxRetryCount": "3",
                "AzureFunctionsJobHost__functions__0": "environment",
            ]
        )
    }
}
