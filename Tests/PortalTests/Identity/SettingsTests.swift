import FunctionKit
import FunctionTesting
import Portal
import Testing

/// Which settings stop the portal, and with which words.
struct SettingsTests {
    @Test func needsASessionSecretOutsideDevelopment() async throws {
        var app = TestApp()
        app.environment = HostEnvironment(isDevelopment: false, baseURL: "https://portal.example")
        let error = await #expect(throws: PortalConfigurationError.self) { _ = try await Portal(app: app.context()) }
        #expect(error?.description.contains("PORTAL_SESSION_SECRET is not set") == true)
        #expect(error?.description.contains("openssl rand") == true)
    }

    @Test func makesNoSecretBeforeOneIsNeeded() async throws {
        let app = TestApp()
        _ = try await Portal(app: app.context())
        #expect(try await app.engine.tenants().isEmpty)
        #expect(app.log.records.isEmpty)
    }

    @Test(arguments: [
        (
            "PSA_SERVICE_KEY", "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)",
            "Key Vault reference"
        ),
        ("PORTAL_SESSION_SECRET", "@Microsoft.KeyVault(VaultName=v;SecretName=s)", "Key Vault reference"),
        ("PSA_API_URL", "psa.example", "is not a URL"), ("PSA_API_URL", "https://psa.example/a b", "is not a URL"),
        ("PORTAL_BASE_URL", "ftp://portal.example", "is not a URL"),
    ])
    func refuses(_ name: String, _ value: String, _ reason: String) async throws {
        let app = TestApp(settings: [name: value])
        let error = await #expect(throws: PortalConfigurationError.self) { _ = try await Portal(app: app.context()) }
        #expect(error?.description.contains(name) == true)
        #expect(error?.description.contains(reason) == true)
        #expect(error?.description.contains(value) == false)
    }

    @Test func aPeersURLHasNoQuery() async throws {
        let app = TestApp(settings: ["BOOKS_API_URL": "https://books.example/api?key=k", "BOOKS_SERVICE_KEY": "k"])
        let error = await #expect(throws: PortalConfigurationError.self) { _ = try await Portal(app: app.context()) }
        #expect(
            error?.description
                == "The app setting BOOKS_API_URL has a query. Give the URL below which Books's paths lie."
        )
    }

    @Test func theWebhooksURLIsTakenLetterForLetter() async throws {
        let url = "https://legal.example/hooks/?from=portal/"
        let settings = try await Portal(app: TestApp(settings: ["LEGAL_WEBHOOK_URL": url]).context()).settings
        #expect(settings.legalWebhookURL == url)
    }

    @Test func readsWhatIsThere() async throws {
        let app = TestApp(settings: [
            "PORTAL_BASE_URL": "https://portal.example/", "PSA_API_URL": "https://psa.example//",
            "PSA_SERVICE_KEY": "k",
            "BOOKS_API_URL": "https://books.example",
            "PORTAL_ALLOWED_ORIGINS": " https://A.example/,http://b.example:8080 *;null",
        ])
        let settings = try await Portal(app: app.context()).settings
        #expect(settings.baseURL == "https://portal.example")
        #expect(settings.psa?.baseURL == "https://psa.example")
        #expect(settings.psa?.key.revealed == "k")
        #expect(settings.books == nil)
        #expect(settings.clientSSOSecret == nil)
        #expect(settings.allowedOrigins == ["https://a.example", "http://b.example:8080"])
    }

    @Test func aSecretDoesNotShowItself() async throws {
        let app = TestApp(settings: ["PSA_API_URL": "https://psa.example", "PSA_SERVICE_KEY": "do-not-show"])
        let settings = try await Portal(app: app.context()).settings
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings) \(String(reflecting: settings)) \(dumped)".contains("do-not-show"))
    }
}
