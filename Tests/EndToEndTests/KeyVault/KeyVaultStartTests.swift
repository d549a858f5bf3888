import FunctionHost
import FunctionKit
import Testing

/// The real program against a vault on a socket: what resolves, and what stops the start with which words.
struct KeyVaultStartTests {
    private static let reference = "@Microsoft.KeyVault(VaultName=acme;SecretName=psa-key)"

    private func check(_ settings: [String: String]) async throws -> (
        ending: ChildProcess.Ending, output: String, errors: String
    ) {
        let result = try await runPostern(
            ["settings", "check", "--app", Workplace.app("hello")],
            settings: settings
        )
        #expect(!(result.output + result.errors).contains("top-secret"))
        #expect(!(result.output + result.errors).contains("client-secret"))
        #expect(!(result.output + result.errors).contains("token-"))
        return result
    }

    @Test(arguments: [true, false]) func aHostStartsWithASecret(managed: Bool) async throws {
        let vault = try TestVault(clock: SystemClock())
        vault.put("psa-key", "top-secret")
        let identity = managed ? vault.managedIdentity : vault.principal
        let host = try await RunningHost(
            app: Workplace.app("hello"),
            settings: identity.merging(["KEY": Self.reference]) { $1 }
        )
        #expect(try await host.send(.get, "/api/hello").status == 200)
        #expect(!host.process.output.contains("top-secret"))
        #expect(vault.requestCount("/secrets/psa-key?api-version=7.4") == 1)
        await host.stop()
        await vault.stop()
    }

    struct Row: Sendable {
        var name: String
        var prepare: @Sendable (TestVault) -> Void = { _ in }
        var settings: [String: String] = [:]
        var managed = true
        var reason: String
    }

    static let rows = [
        Row(
            name: "no such secret",
            settings: ["KEY": "@Microsoft.KeyVault(VaultName=acme;SecretName=none)"],
            reason: "The vault answers 404. There is no such secret or version."
        ),
        Row(
            name: "no such version",
            settings: ["KEY": "@Microsoft.KeyVault(VaultName=acme;SecretName=psa-key;SecretVersion=v9)"],
            reason: "The vault answers 404. There is no such secret or version."
        ),
        Row(
            name: "disabled",
            prepare: { $0.state.withLock { $0.secrets["psa-key"]?[0].isEnabled = false } },
            reason: "The vault answers 403. The secret is disabled. Enable it, or refer to another version."
        ),
        Row(
            name: "redirect",
            prepare: { vault in vault.state.withLock { $0.faults.redirect = vault.url + "/elsewhere" } },
            reason: "The vault answers 302. It redirects, and a token follows no redirect. Correct the vault's URL."
        ),
        Row(
            name: "huge",
            prepare: { $0.state.withLock { $0.faults.padding = 2 << 20 } },
            reason: "The vault sends more than 1048576 bytes."
        ),
        Row(
            name: "garbled",
            prepare: { $0.state.withLock { $0.faults.isGarbled = true } },
            reason: "The vault did not answer with a JSON object."
        ),
        Row(
            name: "throttled for good",
            prepare: { vault in
                vault.state.withLock {
                    $0.faults.throttled = 9
                    $0.faults.retryAfter = "0"
                }
            },
            reason: "The vault answers 429. Try again later."
        ),
        Row(
            name: "wrong identity header",
            settings: ["IDENTITY_HEADER": "other"],
            reason:
                "The token service, the managed identity (IDENTITY_ENDPOINT), answers 401. Check the identity's settings."
        ),
        Row(
            name: "wrong client secret",
            settings: ["AZURE_CLIENT_SECRET": "other"],
            managed: false,
            reason: "answers 401. AZURE_CLIENT_SECRET is wrong or has expired."
        ),
        Row(
            name: "unknown client",
            settings: ["AZURE_CLIENT_ID": "other"],
            managed: false,
            reason: "answers 400. The tenant of AZURE_TENANT_ID does not know AZURE_CLIENT_ID."
        ),
        Row(
            name: "unknown tenant",
            settings: ["AZURE_TENANT_ID": "other"],
            managed: false,
            reason: "answers 400. Check AZURE_TENANT_ID and AZURE_CLIENT_ID."
        ),
        Row(
            name: "plain http to another machine",
            settings: ["KEYVAULT_ENDPOINT": "http://vault.example"],
            reason: "KEYVAULT_ENDPOINT is not an https URL such as https://{vault}.vault.azure.net."
        ),
        Row(
            name: "a name that is a path",
            settings: ["KEY": "@Microsoft.KeyVault(VaultName=acme;SecretName=../keys/psa-key)"],
            reason:
                "The setting 'KEY' is not a valid Key Vault reference: the secret's name must be letters, digits and dashes."
        ),
    ]

    @Test(arguments: rows.indices) func aReferenceWithoutAValueIsNamedWithItsReason(index: Int) async throws {
        let row = Self.rows[index]
        let vault = try TestVault(clock: SystemClock())
        vault.put("psa-key", "top-secret")
        row.prepare(vault)
        let settings = (row.managed ? vault.managedIdentity : vault.principal)
            .merging(["KEY": Self.reference]) { $1 }.merging(row.settings) { $1 }
        let result = try await check(settings)
        #expect(result.ending == .exited(78), "\(row.name)")
        #expect(result.errors.contains(row.reason), "\(row.name): \(result.errors)")
        #expect(vault.state.withLock { $0.strayed }.isEmpty)
        await vault.stop()
    }

    @Test func aStartWithoutItsSecretEndsWithTheNamesAndNoValue() async throws {
        let vault = try TestVault(clock: SystemClock())
        let folder = try ScratchFolder()
        let result = try await runPostern(
            ["start", "--app", Workplace.app("hello"), "--data", folder.path + "/data", "--port", "0"],
            settings: vault.managedIdentity.merging(["KEY": Self.reference]) { $1 }
        )
        #expect(result.ending == .exited(78))
        #expect(
            result.errors.contains(
                "The setting 'KEY' refers to the secret 'psa-key' in the vault 'acme', which cannot be resolved."
            )
        )
        await vault.stop()
    }
}
