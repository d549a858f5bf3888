import FunctionHost
import FunctionKit
import FunctionTesting
import Testing

/// Secrets from a vault that speaks Key Vault's REST API, and what happens when it does not.
@Suite struct KeyVaultTests {
    static let reference = "@Microsoft.KeyVault(VaultName=acme;SecretName=psa-key)"
    static let identity = ["IDENTITY_ENDPOINT": "http://169.254.1.1/token?x=1", "IDENTITY_HEADER": "header-secret"]
    static let principal = [
        "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "client", "AZURE_CLIENT_SECRET": "s&cret",
        "AZURE_AUTHORITY_HOST": "http://127.0.0.1:9001/",
    ]

    /// A token service and a vault with one secret, told apart by their URLs.
    static func vault(status: HTTPStatus = .ok) -> ScriptedHTTPClient {
        ScriptedHTTPClient { exchange in
            if exchange.request.url.contains("token") {
                return .json(#"{"access_token": "the-token", "expires_in": 3600}"#)
            }
            guard exchange.request.headers["Authorization"] == "Bearer the-token" else {
                return .json("{}", status: 401)
            }
            return .json(#"{"value": "the-secret", "id": "x", "attributes": {"enabled": true}}"#, status: status)
        }
    }

    private func resolve(
        _ settings: [String: String],
        http: ScriptedHTTPClient,
        clock: ManualClock = ManualClock(),
        files: MemoryAppFiles = MemoryAppFiles()
    ) async throws -> SettingsStore {
        let loaded = try SettingsLoader.load(root: "/app", environment: settings, files: MemoryAppFiles())
        return try await SettingsStore.resolve(loaded) {
            KeyVault(http: http, clock: clock, files: files, settings: $0)
        }
    }

    @Test func aManagedIdentityReadsTheSecret() async throws {
        let http = Self.vault()
        let store = try await resolve(
            Self.identity.merging(["KEY": Self.reference, "PLAIN": "p"]) { $1 },
            http: http
        )
        #expect(store.appSettings["KEY"] == "the-secret")
        #expect(store.appSettings["PLAIN"] == "p")
        #expect(store.appSettings["OTHER"] == nil)
        #expect(store.askedNames == ["KEY", "OTHER", "PLAIN"])
        let requests = http.exchanges.map(\.request)
        #expect(
            requests.map(\.url) == [
                "http://169.254.1.1/token?x=1&api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net",
                "https://acme.vault.azure.net/secrets/psa-key?api-version=7.4",
            ]
        )
        #expect(requests[0].headers["X-IDENTITY-HEADER"] == "header-secret")
    }

    @Test func aServicePrincipalReadsAVersion() async throws {
        let http = Self.vault()
        let uri = "@Microsoft.KeyVault(SecretUri=http://127.0.0.1:9000/secrets/psa-key/v1)"
        let store = try await resolve(Self.principal.merging(["KEY": uri]) { $1 }, http: http)
        #expect(store.value("KEY") == "the-secret")
        #expect(
            http.exchanges.map(\.request.url) == [
                "http://127.0.0.1:9001/tenant/oauth2/v2.0/token",
                "http://127.0.0.1:9000/secrets/psa-key/v1?api-version=7.4",
            ]
        )
        #expect(
            http.exchanges[0].text == "grant_type=client_credentials&client_id=client&client_secret=s%26cret"
                + "&scope=https%3A%2F%2Fvault.azure.net%2F.default"
        )
    }

    @Test func oneTokenServesAllAndASecretIsReadOnce() async throws {
        let http = Self.vault()
        var settings = Self.identity
        for index in 0..<20 { settings["K\(index)"] = "@Microsoft.KeyVault(VaultName=acme;SecretName=s\(index % 10))" }
        settings["KEYVAULT_ENDPOINT"] = "https://{vault}.vault.azure.cn/"
        _ = try await resolve(settings, http: http)
        let urls = http.exchanges.map(\.request.url)
        #expect(urls.filter { $0.contains("resource=https%3A%2F%2Fvault.azure.cn") }.count == 1)
        #expect(urls.filter { $0.hasPrefix("https://acme.vault.azure.cn/secrets/s") }.count == 10)
        #expect(urls.count == 11)
    }

    @Test func withoutAReferenceNobodyIsAsked() async throws {
        let loaded = try SettingsLoader.load(root: "/app", environment: ["A": "1"], files: MemoryAppFiles())
        let store = try await SettingsStore.resolve(loaded) { settings in
            Issue.record("The vault was opened.")
            return KeyVault(http: ScriptedHTTPClient.unreachable, clock: ManualClock(), settings: settings)
        }
        #expect(store.value("A") == "1")
    }

    struct Row: Sendable {
        var status: HTTPStatus
        var reason: String
    }

    @Test(arguments: [
        Row(status: 401, reason: "The vault answers 401. Its token was not accepted; check the identity's tenant."),
        Row(
            status: 403,
            reason: "The vault answers 403. Give the host's identity the role 'Key Vault Secrets User', "
                + "and open the vault's firewall to it."
        ),
        Row(status: 404, reason: "The vault answers 404. There is no such secret or version."),
    ]) func anUnresolvedReferenceStopsTheStart(_ row: Row) async throws {
        let error = await #expect(throws: SettingsError.self) {
            try await resolve(
                Self.identity.merging(["KEY": Self.reference]) { $1 },
                http: Self.vault(status: row.status)
            )
        }
        #expect(
            error?.problems == [
                "The setting 'KEY' refers to the secret 'psa-key' in the vault 'acme', which cannot be resolved. "
                    + row.reason
            ]
        )
    }

    @Test func everyProblemIsNamedAndNoValue() async throws {
        let error = await #expect(throws: SettingsError.self) {
            try await resolve(
                ["A": Self.reference, "B": "@Microsoft.KeyVault(hidden)", "C": "plain-secret"],
                http: Self.vault()
            )
        }
        #expect(
            error?.problems == [
                "The setting 'A' refers to the secret 'psa-key' in the vault 'acme', which cannot be resolved. "
                    + "The host has no identity. Set IDENTITY_ENDPOINT and IDENTITY_HEADER, or AZURE_TENANT_ID, "
                    + "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; for local work name a file in KEYVAULT_FILE.",
                "The setting 'B' is not a valid Key Vault reference: each part must be a key, '=' and a value.",
            ]
        )
    }

    @Test(arguments: [HTTPStatus(rawValue: 503), 429]) func aBusyVaultIsAskedAgain(_ status: HTTPStatus) async throws {
        let clock = ManualClock()
        let http = Self.vault(status: status)
        async let result = #expect(throws: SettingsError.self) {
            try await resolve(Self.identity.merging(["KEY": Self.reference]) { $1 }, http: http, clock: clock)
        }
        await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
        await clock.waitForSleepers()
        clock.advance(by: .seconds(2))
        let error = await result
        #expect(error?.description.contains("The vault answers \(status.rawValue). Try again later.") == true)
        #expect(http.exchanges.count == 4)
    }

    @Test(arguments: ["not json", "[]", "{}", #"{"value": 7}"#]) func aStrangeAnswerIsRefused(_ text: String)
        async throws
    {
        let http = ScriptedHTTPClient { exchange in
            .json(exchange.request.url.contains("token") ? #"{"access_token": "t"}"# : text)
        }
        let error = await #expect(throws: SettingsError.self) {
            try await resolve(Self.identity.merging(["KEY": Self.reference]) { $1 }, http: http)
        }
        #expect(error?.description.contains("answer") == true)
        #expect(error?.description.contains(text) == false)
    }

    @Test func aFileStandsInForTheVault() async throws {
        let files = MemoryAppFiles(["/secrets.json": #"{"ACME": {"Psa-Key": "from-file"}}"#])
        let settings = ["KEYVAULT_FILE": "/secrets.json", "KEY": Self.reference]
        let store = try await resolve(settings, http: .unreachable, files: files)
        #expect(store.value("KEY") == "from-file")
    }

    @Test(
        arguments: [
            ("{}", "The file '/s.json' (KEYVAULT_FILE) has no vault of this name."),
            (#"{"acme": {"psa-key": 7}}"#, "The file '/s.json' (KEYVAULT_FILE) has no such secret with a text."),
            ("[]", "The file '/s.json' (KEYVAULT_FILE) is not a JSON object."),
            (nil, "The file '/s.json' (KEYVAULT_FILE): The file does not exist."),
        ] as [(String?, String)]
    ) func aFileWithoutTheSecretIsNamed(_ text: String?, _ reason: String) async throws {
        let files = MemoryAppFiles(text.map { ["/s.json": $0] } ?? [:])
        let error = await #expect(throws: SettingsError.self) {
            try await resolve(["KEYVAULT_FILE": "/s.json", "KEY": Self.reference], http: .unreachable, files: files)
        }
        #expect(error?.description.hasSuffix(reason) == true)
    }

    @Test func valuesAreExchangedEveryTwelveHours() async throws {
        let clock = ManualClock()
        let log = RecordingLog()
        let answers = AnswerQueue(["one", "two", nil, "three"])
        let http = ScriptedHTTPClient { exchange in
            if exchange.request.url.contains("token") { return .json(#"{"access_token": "t"}"#) }
            guard let value = answers.next() else { return .json("{}", status: 404) }
            return .json(#"{"value": "\#(value)"}"#)
        }
        let settings = Self.identity.merging(["KEY": Self.reference]) { $1 }
        let store = try await resolve(settings, http: http, clock: clock)
        let vault = KeyVault(http: http, clock: clock, settings: { settings[$0] })
        let logger = Logger(sink: log, category: "Host.Settings")
        let task = Task { await store.refreshRepeatedly(from: vault, clock: clock, logger: logger) }
        #expect(store.value("KEY") == "one")
        for (wait, value) in [(Duration.seconds(43_200), "two"), (.seconds(43_200), "two"), (.seconds(900), "three")] {
            await clock.waitForSleepers()
            #expect(clock.timeToNextSleeper == wait)
            clock.advance(by: wait)
            await clock.waitForSleepers()
            #expect(store.value("KEY") == value)
        }
        task.cancel()
        await task.value
        #expect(log.messages(.warning).count == 1)
        #expect(log.messages(.warning).first?.hasSuffix("The old value stays in force.") == true)
        #expect(!log.text.contains("two"))
    }

    @Test func theHostReadsNamesAsDotNetDoes() async throws {
        let store = try await resolve(["ConnectionStrings__Db": "x", "Exact": "1", "EXACT": "2"], http: .unreachable)
        #expect(store.hostValue("connectionstrings:db") == "x")
        #expect(store.hostValue("Exact") == "1")
        #expect(store.hostValue("exact") == "2")
        #expect(store.hostValue("none") == nil)
        #expect(store.value("connectionstrings:db") == nil)
    }
}
