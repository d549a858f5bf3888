package import FunctionKit

/// Reads secrets: from Azure Key Vault's REST API (version 7.4), or from the file that `KEYVAULT_FILE` names for local work.
package struct KeyVault: Sendable {
    /// How many secrets are asked for at once.
    package static let requestsAtOnceMax = 8
    /// How often a request is made when the other side is down, slow, or answers 429 or 5xx.
    package static let attemptsMax = 3
    /// The largest `KEYVAULT_FILE` that is read.
    package static let fileBytesMax = 1 << 20

    let http: any HTTPClient
    let clock: any AppClock
    private let files: any AppFiles
    private let settings: @Sendable (String) -> String?

    /// Makes access to the vaults.
    ///
    /// - Parameters:
    ///   - settings: looks up `KEYVAULT_FILE`, the identity's settings, and `KEYVAULT_ENDPOINT`: the URL of a vault by its name,
    ///     `https://{vault}.vault.azure.net` unless set.
    package init(
        http: any HTTPClient,
        clock: any AppClock,
        files: any AppFiles = SystemAppFiles(),
        settings: @escaping @Sendable (String) -> String?
    ) {
        self.http = http
        self.clock = clock
        self.files = files
        self.settings = settings
    }

    /// Reads the secrets of some references; each gets its value or its own failure.
    package func values(
        of references: some Sequence<KeyVaultReference>
    ) async -> [KeyVaultReference: Result<String, KeyVaultFailure>] {
        let references = Set(references)
        guard !references.isEmpty else { return [:] }
        if let path = settings("KEYVAULT_FILE"), !path.isEmpty {
            let secrets = Result { () throws(KeyVaultFailure) in try SecretsFile(path: path, files: files) }
            return Dictionary(
                uniqueKeysWithValues: references.map { reference in
                    (reference, secrets.flatMap { $0.value(of: reference) })
                }
            )
        }
        let identity = Result { () throws(KeyVaultFailure) in try KeyVaultIdentity(settings: settings) }
        let tokens = TokenCache(fetch: { [self] resource async throws(KeyVaultFailure) in
            try await token(for: resource, from: try identity.get())
        })
        return await withTaskGroup { group in
            var results: [KeyVaultReference: Result<String, KeyVaultFailure>] = [:]
            var waiting = references.makeIterator()
            for _ in 0..<Self.requestsAtOnceMax {
                guard let reference = waiting.next() else { break }
                group.addTask { (reference, await value(of: reference, tokens: tokens)) }
            }
            for await (reference, result) in group {
                results[reference] = result
                if let next = waiting.next() { group.addTask { (next, await value(of: next, tokens: tokens)) } }
            }
            return results
        }
    }

    private func value(
        of reference: KeyVaultReference,
        tokens: TokenCache
    ) async -> Result<String, KeyVaultFailure> {
        do {
            let vault = try url(of: reference)
            let token = try await tokens.token(for: Self.resource(of: vault))
            var url = "\(vault.origin)\(trimmedPath(vault.path))/secrets/\(reference.secret)"
            if let version = reference.version { url += "/\(version)" }
            let request = OutboundRequest(
                url: url + "?api-version=7.4",
                headers: ["Authorization": "Bearer \(token)"],
                responseBytesMax: 1 << 20
            )
            let root = try await send(request, to: "The vault", whenRefused: Self.vaultRemedy)
            guard let value = root["value"]?.string else { throw KeyVaultFailure("The vault's answer has no value.") }
            return .success(value)
        } catch let failure as KeyVaultFailure {
            return .failure(failure)
        } catch {
            return .failure(KeyVaultFailure("\(type(of: error))"))
        }
    }

    private func token(for resource: String, from identity: KeyVaultIdentity) async throws(KeyVaultFailure) -> String {
        let root = try await send(
            identity.tokenRequest(for: resource),
            to: "The token service, \(identity.tokenSource),",
            whenRefused: { _ in "Check the identity's settings." }
        )
        guard let token = root["access_token"]?.string, !token.isEmpty else {
            throw KeyVaultFailure("The token service, \(identity.tokenSource), sent no access_token.")
        }
        return token
    }

    private func url(of reference: KeyVaultReference) throws(KeyVaultFailure) -> ServiceURL {
        let endpoint = settings("KEYVAULT_ENDPOINT").flatMap { $0.isEmpty ? nil : $0 }
        let template = reference.vaultURL ?? endpoint ?? "https://{vault}.vault.azure.net"
        let parts = template.split(separator: "{vault}", omittingEmptySubsequences: false)
        guard let url = ServiceURL(parts.joined(separator: reference.vault)) else {
            throw KeyVaultFailure("KEYVAULT_ENDPOINT is not an https URL such as https://{vault}.vault.azure.net.")
        }
        return url
    }

    private func trimmedPath(_ path: String) -> String { path.hasSuffix("/") ? String(path.dropLast()) : path }

    /// What a token must be for: the cloud's own Key Vault, known by the vault's host.
    private static func resource(of vault: ServiceURL) -> String {
        let clouds = ["vault.azure.cn", "vault.usgovcloudapi.net", "vault.microsoftazure.de"]
        return "https://" + (clouds.first { vault.host.hasSuffix(".\($0)") } ?? "vault.azure.net")
    }

    private static func vaultRemedy(_ status: Int) -> String {
        switch status {
        case 401: "Its token was not accepted; check the identity's tenant."
        case 403: "Give the host's identity the role 'Key Vault Secrets User', and open the vault's firewall to it."
        case 404: "There is no such secret or version."
        default: "Try again later."
        }
    }
}
