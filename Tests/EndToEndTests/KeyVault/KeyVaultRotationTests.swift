import FunctionHost
import FunctionKit
import FunctionTesting
import HTTPClient
import Testing

/// The host's settings against a vault on a socket, over the hours: rotation, tokens that end, and what goes wrong on the way.
struct KeyVaultRotationTests {
    private static let current = "@Microsoft.KeyVault(VaultName=acme;SecretName=psa-key)"

    private let clock = ManualClock()
    private let log = RecordingLog()
    private let client = CurlHTTPClient()

    private func access(_ settings: [String: String]) -> KeyVault {
        KeyVault(http: client, clock: clock, settings: { settings[$0] })
    }

    private func store(_ settings: [String: String]) async throws -> SettingsStore {
        let loaded = try SettingsLoader.load(root: "/nowhere", environment: settings)
        return try await SettingsStore.resolve(loaded) { [client, clock] in
            KeyVault(http: client, clock: clock, settings: $0)
        }
    }

    @Test func theCurrentVersionIsFollowedAndAPinnedOneIsNot() async throws {
        let vault = try TestVault(clock: clock)
        vault.put("psa-key", "one")
        let settings = vault.principal.merging(
            ["KEY": Self.current, "PINNED": "@Microsoft.KeyVault(SecretUri=\(vault.url)/secrets/psa-key/v1)"]
        ) { $1 }
        let store = try await store(settings)
        #expect(store.value("KEY") == "one")
        #expect(store.value("PINNED") == "one")
        vault.put("psa-key", "two")
        let hidden = LockedState<[String]>([])
        let task = Task { [log, clock] in
            let logger = Logger(sink: log, category: "Host.Settings")
            await store.refreshRepeatedly(from: access(settings), clock: clock, logger: logger) { secrets in
                hidden.withLock { $0 += secrets }
            }
        }
        await clock.waitForSleepers()
        // The token of the start has ended long since: each refresh asks for one of its own.
        clock.advance(by: SettingsStore.refreshInterval)
        await clock.waitForSleepers()
        #expect(store.value("KEY") == "two")
        #expect(store.value("PINNED") == "one")
        #expect(log.messages(.information) == ["The setting 'KEY' has a new value from Key Vault."])
        #expect(vault.requestCount("/oauth2/v2.0/token") == 2)
        #expect(Set(hidden.withLock { $0 }) == ["one", "two"])
        task.cancel()
        await task.value
        await vault.stop()
    }

    @Test func aVaultThatIsAwayLeavesTheOldValue() async throws {
        let vault = try TestVault(clock: clock)
        vault.put("psa-key", "one")
        let settings = vault.managedIdentity.merging(["KEY": Self.current]) { $1 }
        let store = try await store(settings)
        vault.state.withLock { $0.secrets["psa-key"]?[0].isEnabled = false }
        let failures = await store.refresh(from: access(settings))
        #expect(
            failures.map(\.description) == [
                "The setting 'KEY' refers to the secret 'psa-key' in the vault 'acme', which cannot be resolved. "
                    + "The vault answers 403. The secret is disabled. Enable it, or refer to another version."
            ]
        )
        #expect(store.value("KEY") == "one")
        await vault.stop()
        async let away = store.refresh(from: access(settings))
        await clock.waitForSleepers()
        clock.advance(by: .seconds(1))
        await clock.waitForSleepers()
        clock.advance(by: .seconds(2))
        #expect(await away.first?.reason.description.contains("cannot be reached") == true)
        #expect(store.value("KEY") == "one")
    }

    @Test(arguments: [("7", 7), ("3600", 30), ("0", 1), ("Wed, 21 Oct 2026 07:28:00 GMT", 1)] as [(String, Int64)])
    func aVaultThatThrottlesIsGivenTheTimeItWants(retryAfter: String, seconds: Int64) async throws {
        let vault = try TestVault(clock: clock)
        vault.put("psa-key", "one")
        vault.state.withLock {
            $0.faults.throttled = 1
            $0.faults.retryAfter = retryAfter
        }
        async let store = store(vault.managedIdentity.merging(["KEY": Self.current]) { $1 })
        await clock.waitForSleepers()
        #expect(clock.timeToNextSleeper == .seconds(seconds))
        clock.advance(by: .seconds(seconds))
        #expect(try await store.value("KEY") == "one")
        await vault.stop()
    }

    @Test func aTokenForAnotherServiceIsExchangedForTheOneThatTheVaultNames() async throws {
        let vault = try TestVault(clock: clock)
        vault.put("psa-key", "one")
        // A vault on a host of its own names that host; one that names a stranger is not believed.
        vault.state.withLock { $0.resource = vault.url }
        let settings = vault.managedIdentity.merging(["KEY": Self.current]) { $1 }
        #expect(try await store(settings).value("KEY") == "one")
        #expect(vault.requestCount("/msi/token") == 2)
        vault.state.withLock { $0.resource = "https://graph.microsoft.com" }
        let error = await #expect(throws: SettingsError.self) { try await store(settings) }
        #expect(
            error?.description.hasSuffix(
                "The vault answers 401. Its token was not accepted; check the identity's tenant. "
                    + "The vault belongs to the tenant '\(TestVault.tenant)'."
            ) == true
        )
        #expect(!vault.state.withLock { $0.tokens.values.contains { $0.resource == "https://graph.microsoft.com" } })
        await vault.stop()
    }

    @Test(
        arguments: [
            (-60, nil, "expired at"), (nil, 60, "is not valid before"), (60, -60, nil),
        ] as [(Int64?, Int64?, String?)]
    )
    func aSecretOutOfItsTimeIsUsedAndReported(expires: Int64?, notBefore: Int64?, remark: String?) async throws {
        let vault = try TestVault(clock: clock)
        let now = clock.now.milliseconds / 1000
        vault.put("psa-key", "one") { version in
            version.expires = expires.map { now + $0 }
            version.notBefore = notBefore.map { now + $0 }
        }
        let store = try await store(vault.managedIdentity.merging(["KEY": Self.current]) { $1 })
        #expect(store.value("KEY") == "one")
        let notices = store.loaded.notices.map(\.message)
        #expect(notices.count == (remark == nil ? 0 : 1))
        if let remark { #expect(notices.first?.contains(remark) == true, "\(notices)") }
        #expect(!notices.joined().contains("one."))
        await vault.stop()
    }
}
