import FunctionHost
import FunctionKit
import FunctionTesting
import Glibc
import Testing

/// Azure's own client against the test vault: what it accepts there, and reads from it, is what the host is tested with.
///
/// `scripts/peers` installs the client and names its Python in `POSTERN_PEER_PYTHON`; without that the test is left out.
struct KeyVaultPeerTests {
    private static let python = getenv("POSTERN_PEER_PYTHON").map { String(cString: $0) }

    @Test(.enabled(if: python != nil)) func azuresClientReadsFromTheSameVault() async throws {
        let vault = try TestVault(clock: SystemClock())
        vault.put("psa-key", "one") { $0.expires = 4_102_444_800 }
        vault.put("psa-key", "two")
        vault.put("off", "three") { $0.isEnabled = false }
        vault.put("busy", "four")
        vault.state.withLock { state in
            state.faults.throttled = 1
            state.faults.retryAfter = "0"
        }
        let folder = try ScratchFolder()
        try folder.write(Self.script, to: "peer.py")
        let process = try ChildProcess(
            Self.python ?? "",
            [folder.path + "/peer.py", vault.url, TestVault.tenant, TestVault.client],
            environment: RunningHost.environment
        )
        #expect(await process.waitForEnd() == .exited(0), "\(process.errors)")
        #expect(
            process.output == """
                four None
                two None
                one 2100-01-01 00:00:00+00:00
                403 Forbidden SecretDisabled
                404 SecretNotFound
                404 SecretNotFound

                """
        )
        await vault.stop()
    }

    private static let script = #"""
        import json, sys, time, urllib.parse, urllib.request
        from azure.core.credentials import AccessToken
        from azure.core.exceptions import HttpResponseError
        from azure.keyvault.secrets import SecretClient
        from azure.keyvault.secrets._shared import challenge_auth_policy

        url, tenant, client = sys.argv[1:]
        # What is not as in Azure: the vault is on this machine, so it has no certificate and no name of Azure's.
        challenge_auth_policy._enforce_tls = lambda request: None


        class Principal:
            def get_token(self, *scopes, tenant_id=None, **kwargs):
                assert tenant_id == tenant, tenant_id
                form = {"grant_type": "client_credentials", "client_id": client, "client_secret": "client-secret",
                        "scope": scopes[0]}
                body = urllib.parse.urlencode(form).encode()
                answer = json.load(urllib.request.urlopen(f"{url}/{tenant_id}/oauth2/v2.0/token", body))
                return AccessToken(answer["access_token"], int(time.time()) + answer["expires_in"])


        vault = SecretClient(url, Principal(), api_version="7.4", verify_challenge_resource=False)
        for name, version in [("busy", None), ("psa-key", None), ("psa-key", "v1"), ("off", None), ("none", None), ("psa-key", "v9")]:
            try:
                secret = vault.get_secret(name, version)
                print(secret.value, secret.properties.expires_on)
            except HttpResponseError as error:
                inner = error.error.innererror["code"] if error.error.innererror else ""
                print(" ".join(filter(None, [str(error.status_code), error.error.code, inner])))
        """#
}
