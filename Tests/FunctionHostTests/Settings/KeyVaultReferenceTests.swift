import FunctionHost
import Testing

/// The text forms of a Key Vault reference.
@Suite struct KeyVaultReferenceTests {
    @Test(arguments: [
        ("@Microsoft.KeyVault(VaultName=acme;SecretName=psa-key)", KeyVaultReference(vault: "acme", secret: "psa-key")),
        (
            " @microsoft.keyvault( vaultname = acme ; SecretName=psa-key;SecretVersion=abc123 ) ",
            KeyVaultReference(vault: "acme", secret: "psa-key", version: "abc123")
        ),
        (
            "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/psa-key/)",
            KeyVaultReference(vault: "acme", secret: "psa-key", vaultURL: "https://acme.vault.azure.net")
        ),
        (
            "@Microsoft.KeyVault(SecretUri=https://Acme.vault.azure.net/secrets/psa-key/abc123)",
            KeyVaultReference(
                vault: "acme",
                secret: "psa-key",
                version: "abc123",
                vaultURL: "https://acme.vault.azure.net"
            )
        ),
        (
            "@Microsoft.KeyVault(SecretUri=http://127.0.0.1:9000/secrets/k)",
            KeyVaultReference(vault: "127.0.0.1", secret: "k", vaultURL: "http://127.0.0.1:9000")
        ),
    ]) func aReferenceIsRead(_ text: String, _ reference: KeyVaultReference) throws {
        #expect(KeyVaultReference.isReference(text))
        #expect(try KeyVaultReference(text) == reference)
    }

    @Test(arguments: [
        ("@Microsoft.KeyVault(VaultName=acme;SecretName=k", "the closing parenthesis is missing"),
        ("@Microsoft.KeyVault()", "it needs either SecretUri, or VaultName and SecretName"),
        ("@Microsoft.KeyVault(VaultName=acme)", "it needs either SecretUri, or VaultName and SecretName"),
        ("@Microsoft.KeyVault(VaultName)", "each part must be a key, '=' and a value"),
        ("@Microsoft.KeyVault(VaultName=a;vaultname=b;SecretName=k)", "'vaultname' appears twice"),
        (
            "@Microsoft.KeyVault(VaultName=a;SecretName=k;Color=red)",
            "only SecretUri, or VaultName, SecretName and SecretVersion are known"
        ),
        ("@Microsoft.KeyVault(VaultName=a/b;SecretName=k)", "VaultName must be letters, digits and dashes"),
        ("@Microsoft.KeyVault(VaultName=a;SecretName=../k)", "the secret's name must be letters, digits and dashes"),
        (
            "@Microsoft.KeyVault(VaultName=a;SecretName=k;SecretVersion=?)",
            "the secret's version must be letters and digits"
        ),
        ("@Microsoft.KeyVault(SecretUri=http://acme.vault.azure.net/secrets/k)", "SecretUri must be an https URL"),
        ("@Microsoft.KeyVault(SecretUri=https://u:p@acme.vault.azure.net/secrets/k)", "SecretUri must be an https URL"),
        (
            "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/keys/k)",
            "SecretUri must end in /secrets/{name} or /secrets/{name}/{version}"
        ),
        (
            "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/k;VaultName=a;SecretName=k)",
            "it needs either SecretUri, or VaultName and SecretName"
        ),
    ]) func aMalformedReferenceIsStillNoValue(_ text: String, _ reason: String) {
        #expect(KeyVaultReference.isReference(text))
        let error = #expect(throws: KeyVaultReference.Malformed.self) { try KeyVaultReference(text) }
        #expect(error?.reason == reason)
    }

    @Test(arguments: ["", "plain", "someone@Microsoft.KeyVault", "@Microsoft.Key", "see @Microsoft.KeyVault(x)"])
    func anythingElseIsAValue(_ text: String) { #expect(!KeyVaultReference.isReference(text)) }
}
