import FunctionKit

/// An app setting that stands for a secret in Azure Key Vault:
/// `@Microsoft.KeyVault(SecretUri=https://{vault}.vault.azure.net/secrets/{secret}[/{version}])` or
/// `@Microsoft.KeyVault(VaultName={vault};SecretName={secret}[;SecretVersion={version}])`.
package struct KeyVaultReference: Sendable, Hashable {
    /// The vault's name; for a vault elsewhere than Azure its host.
    package var vault: String
    /// The secret's name.
    package var secret: String
    /// The version; nil for the current one.
    package var version: String?
    /// The vault's URL when the reference spells it out, without a slash at its end.
    package var vaultURL: String?

    /// Makes a reference.
    package init(vault: String, secret: String, version: String? = nil, vaultURL: String? = nil) {
        self.vault = vault
        self.secret = secret
        self.version = version
        self.vaultURL = vaultURL
    }

    /// Why a text that begins like a reference is none.
    package struct Malformed: Error, Equatable {
        /// The reason; never quotes more of the text than a key.
        package var reason: String
    }

    private static let beginning = "@microsoft.keyvault("

    /// True for a text that begins as a reference does, well-formed or not: it must never be handed on as a value.
    package static func isReference(_ text: String) -> Bool {
        text.contains("@") && trimmingSpaces(text[...]).lowercased().hasPrefix(beginning)
    }

    /// Reads a reference.
    package init(_ text: String) throws(Malformed) {
        let trimmed = trimmingSpaces(text[...])
        guard trimmed.hasSuffix(")") else { throw Malformed(reason: "the closing parenthesis is missing") }
        let inside = trimmed.dropFirst(Self.beginning.count).dropLast()
        var values: [String: String] = [:]
        for part in inside.split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1).map { String(trimmingSpaces($0)) }
            guard pair.count == 2 else { throw Malformed(reason: "each part must be a key, '=' and a value") }
            guard values.updateValue(pair[1], forKey: pair[0].lowercased()) == nil else {
                throw Malformed(reason: "'\(pair[0])' appears twice")
            }
        }
        let uri = values.removeValue(forKey: "secreturi")
        let vault = values.removeValue(forKey: "vaultname")
        let secret = values.removeValue(forKey: "secretname")
        let version = values.removeValue(forKey: "secretversion")
        guard values.isEmpty else {
            throw Malformed(reason: "only SecretUri, or VaultName, SecretName and SecretVersion are known")
        }
        switch (uri, vault, secret) {
        case (let uri?, nil, nil) where version == nil: try self.init(uri: uri)
        case (nil, let vault?, let secret?):
            try self.init(checking: vault, secret: secret, version: version, vaultURL: nil)
        default: throw Malformed(reason: "it needs either SecretUri, or VaultName and SecretName")
        }
    }

    private init(uri: String) throws(Malformed) {
        guard let url = ServiceURL(uri) else {
            throw Malformed(reason: "SecretUri must be an https URL")
        }
        let parts = url.path.split(separator: "/").map(String.init)
        guard (2...3).contains(parts.count), parts[0].lowercased() == "secrets" else {
            throw Malformed(reason: "SecretUri must end in /secrets/{name} or /secrets/{name}/{version}")
        }
        let vault = url.host.contains(".vault.") ? String(url.host.prefix { $0 != "." }) : url.host
        try self.init(
            checking: vault,
            secret: parts[1],
            version: parts.count > 2 ? parts[2] : nil,
            vaultURL: url.origin
        )
    }

    private init(checking vault: String, secret: String, version: String?, vaultURL: String?) throws(Malformed) {
        guard vaultURL != nil || Self.isName(vault, upTo: 24) else {
            throw Malformed(reason: "VaultName must be letters, digits and dashes")
        }
        guard Self.isName(secret, upTo: 127) else {
            throw Malformed(reason: "the secret's name must be letters, digits and dashes")
        }
        guard version.map({ Self.isName($0, upTo: 64) }) != false else {
            throw Malformed(reason: "the secret's version must be letters and digits")
        }
        self.init(vault: vault, secret: secret, version: version, vaultURL: vaultURL)
    }

    private static func isName(_ text: String, upTo count: Int) -> Bool {
        (1...count).contains(text.utf8.count)
            && text.utf8.allSatisfy { isASCIILetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
