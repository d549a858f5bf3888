import FunctionKit
import Testing

@testable import FunctionHost

/// What vaults and token services say when they refuse.
struct KeyVaultAnswerTests {
    @Test(
        arguments: [
            (
                #"Bearer authorization="https://login.windows.net/72f988bf", resource="https://vault.azure.net""#,
                "https://vault.azure.net", "72f988bf"
            ),
            (
                #"bearer authorization_uri="https://login.example/a.b-c", resource="https://vault.azure.cn""#,
                "https://vault.azure.cn", "a.b-c"
            ),
            (#"Bearer resource=https://vault.azure.net"#, "https://vault.azure.net", nil),
            (#"Bearer authorization="https://login.example/<script>", resource="""#, "", nil),
            (#"Bearer authorization="https://login.example""#, nil, nil), ("Bearer ", nil, nil),
        ] as [(String, String?, String?)]
    )
    func aChallengeIsRead(text: String, resource: String?, tenant: String?) {
        let challenge = KeyVaultChallenge(text)
        #expect(challenge?.resource == resource)
        #expect(challenge?.tenant == tenant)
    }

    @Test(arguments: ["", "Basic realm=x", "Bearer"]) func anotherSchemeIsNoChallenge(text: String) {
        #expect(KeyVaultChallenge(text) == nil)
    }

    @Test(arguments: [
        ("https://acme.vault.azure.net", "https://vault.azure.net", true),
        ("https://acme.vault.azure.cn", "https://vault.azure.cn", true),
        ("https://vault.example", "https://vault.example", true),
        ("https://acme.vault.azure.net", "https://graph.microsoft.com", false),
        ("https://evil.example", "https://vault.azure.net", false),
        ("https://evilvault.azure.net", "https://vault.azure.net", false),
        ("https://acme.vault.azure.net", "http://vault.azure.net", false),
        ("https://acme.vault.azure.net", "vault.azure.net", false), ("https://acme.vault.azure.net", "", false),
    ])
    func aVaultAsksForTokensOfItsOwnServiceAlone(vault: String, resource: String, isTrusted: Bool) throws {
        let challenge = try #require(KeyVaultChallenge(#"Bearer resource="\#(resource)""#))
        #expect(challenge.resource(trustedFor: try #require(ServiceURL(vault))) == (isTrusted ? resource : nil))
    }

    @Test(arguments: [
        (403, #"{"error":{"code":"Forbidden","innererror":{"code":"SecretDisabled"}}}"#, "The secret is disabled."),
        (403, #"{"error":{"code":"Forbidden","innerError":{"code":"SecretDisabled"}}}"#, "The secret is disabled."),
        (403, #"{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByFirewall"}}}"#, "The vault's firewall"),
        (403, #"{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}"#, "Give the host's identity"),
        (403, "<html>no</html>", "Give the host's identity"), (400, "", "Check the reference's names"),
        (302, "", "It redirects"), (500, "[]", "Try again later."), (404, "{}", "There is no such secret"),
    ])
    func aRefusalSaysWhatToDo(status: Int, body: String, remedy: String) async {
        let refusal = await KeyVaultRefusal(
            OutboundResponse(status: HTTPStatus(rawValue: status), headers: [:], body: HTTPBody(body))
        )
        #expect(refusal.vaultRemedy.hasPrefix(remedy), "\(refusal.vaultRemedy)")
        #expect(refusal.isTransient == (status >= 500))
    }
}
