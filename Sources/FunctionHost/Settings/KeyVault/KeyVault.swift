package import FunctionKit

/// Reads secrets: from Azure Key Vault's REST API (version 7.4), or from the file that `KEYVAULT_FILE` names for local work.
package struct KeyVault: Sendable {
    /// How many secrets are asked for at once.
    package static let requestsAtOnceMax = 8
    /// How often a request is made when the other side is down, slow, or answers 429 or 5xx.
    package static let attemptsMax = 3
    /// The longest pause that a `Retry-After` is granted.
    package static let retryAfterMax = Duration.seconds(30)
    /// How long one request may take, of which its answer may take 10 s to begin.
    package static let requestTimeMax = Duration.seconds(20)
    /// The longest answer of a vault or token service that is read; Key Vault's secrets have at most 25 kB.
    package static let answerBytesMax = 1 << 20
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
    ) async -> [KeyVaultReference: Result<KeyVaultSecret, KeyVaultFailure>] {
        let references = Set(references)
        guard !references.isEmpty else { return [:] }
        if let path = settings("KEYVAULT_FILE"), !path.isEmpty {
            let secrets = Result { () throws(KeyVaultFailure) in try SecretsFile(path: path, files: files) }
            return Dictionary(
                uniqueKeysWithValues: references.map { reference in
                    (reference, secrets.flatMap { $0.value(of: reference) }.map { KeyVaultSecret($0) })
                }
            )
        }
        let identity = Result { () throws(KeyVaultFailure) in try KeyVaultIdentity(settings: settings) }
        let tokens = TokenCache(fetch: { [self] resource async throws(KeyVaultFailure) in
            try await token(for: resource, from: try identity.get())
        })
        return await withTaskGroup { group in
            var results: [KeyVaultReference: Result<KeyVaultSecret, KeyVaultFailure>] = [:]
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
    ) async -> Result<KeyVaultSecret, KeyVaultFailure> {
        do throws(KeyVaultFailure) {
            let vault = try url(of: reference)
            let resource = Self.resource(of: vault)
            var answer = try await ask(vault, reference, token: try await tokens.token(for: resource))
            // The vault knows best which cloud it belongs to.
            if case .refused(let refusal) = answer, refusal.status == 401,
                let wanted = refusal.challenge?.resource(trustedFor: vault), wanted != resource
            {
                answer = try await ask(vault, reference, token: try await tokens.token(for: wanted))
            }
            return .success(try Self.secret(in: answer))
        } catch {
            return .failure(error)
        }
    }

    private func ask(
        _ vault: ServiceURL,
        _ reference: KeyVaultReference,
        token: String
    ) async throws(KeyVaultFailure) -> KeyVaultAnswer {
        var url = "\(vault.origin)\(trimmedPath(vault.path))/secrets/\(reference.secret)"
        if let version = reference.version { url += "/\(version)" }
        let request = OutboundRequest(
            url: url + "?api-version=7.4",
            headers: ["Authorization": "Bearer \(token)"],
            totalTimeout: Self.requestTimeMax,
            responseBytesMax: Self.answerBytesMax
        )
        return try await send(request, to: "The vault")
    }

    private static func secret(in answer: KeyVaultAnswer) throws(KeyVaultFailure) -> KeyVaultSecret {
        switch answer {
        case .refused(let refusal):
            throw KeyVaultFailure("The vault answers \(refusal.status). \(refusal.vaultRemedy)")
        case .object(let root):
            guard let secret = KeyVaultSecret(root) else { throw KeyVaultFailure("The vault's answer has no value.") }
            return secret
        }
    }

    private func token(for resource: String, from identity: KeyVaultIdentity) async throws(KeyVaultFailure) -> String {
        let service = "The token service, \(identity.tokenSource),"
        switch try await send(identity.tokenRequest(for: resource), to: service) {
        case .refused(let refusal):
            throw KeyVaultFailure("\(service) answers \(refusal.status). \(refusal.tokenRemedy)")
        case .object(let root):
            guard let token = root["access_token"]?.string, !token.isEmpty else {
                throw KeyVaultFailure("\(service) sent no access_token.")
            }
            return token
        }
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
}
