import FunctionKit

/// Whom the host presents itself as to Key Vault, and where it gets a token for that.
enum KeyVaultIdentity: Sendable {
    /// The managed identity of an Azure host (`IDENTITY_ENDPOINT`, `IDENTITY_HEADER`; `AZURE_CLIENT_ID` picks a user-assigned one).
    case managed(endpoint: String, header: String, clientID: String?)
    /// A service principal (`AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`; `AZURE_AUTHORITY_HOST` for another
    /// cloud).
    case principal(authority: ServiceURL, tenant: String, clientID: String, clientSecret: String)

    /// Finds the identity in the settings.
    ///
    /// - Throws: ``KeyVaultFailure`` when there is none.
    init(settings: (String) -> String?) throws(KeyVaultFailure) {
        func setting(_ name: String) -> String? { settings(name).flatMap { $0.isEmpty ? nil : $0 } }
        let clientID = setting("AZURE_CLIENT_ID")
        if let endpoint = setting("IDENTITY_ENDPOINT"), let header = setting("IDENTITY_HEADER") {
            self = .managed(endpoint: endpoint, header: header, clientID: clientID)
        } else if let tenant = setting("AZURE_TENANT_ID"), let clientID, let secret = setting("AZURE_CLIENT_SECRET") {
            let host = setting("AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com"
            guard let authority = ServiceURL(host.contains("://") ? host : "https://\(host)") else {
                throw KeyVaultFailure("AZURE_AUTHORITY_HOST is not an https URL.")
            }
            self = .principal(authority: authority, tenant: tenant, clientID: clientID, clientSecret: secret)
        } else {
            throw KeyVaultFailure(
                "The host has no identity. Set IDENTITY_ENDPOINT and IDENTITY_HEADER, or AZURE_TENANT_ID, "
                    + "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; for local work name a file in KEYVAULT_FILE."
            )
        }
    }

    /// The request for a token for `resource`, such as `https://vault.azure.net`.
    func tokenRequest(for resource: String) -> OutboundRequest {
        switch self {
        case .managed(let endpoint, let header, let clientID):
            var url = endpoint + (endpoint.contains("?") ? "&" : "?")
            url += "api-version=2019-08-01&resource=\(percentEncoded(resource))"
            if let clientID { url += "&client_id=\(percentEncoded(clientID))" }
            return OutboundRequest(
                url: url,
                headers: ["X-IDENTITY-HEADER": header],
                totalTimeout: KeyVault.requestTimeMax,
                responseBytesMax: KeyVault.answerBytesMax
            )
        case .principal(let authority, let tenant, let clientID, let clientSecret):
            let form = [
                "grant_type=client_credentials", "client_id=\(percentEncoded(clientID))",
                "client_secret=\(percentEncoded(clientSecret))", "scope=\(percentEncoded(resource + "/.default"))",
            ]
            return OutboundRequest(
                method: .post,
                url: "\(authority.origin)/\(percentEncoded(tenant))/oauth2/v2.0/token",
                headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: HTTPBody(form.joined(separator: "&")),
                totalTimeout: KeyVault.requestTimeMax,
                responseBytesMax: KeyVault.answerBytesMax
            )
        }
    }

    /// Where the token comes from, for a message.
    var tokenSource: String {
        switch self {
        case .managed: "the managed identity (IDENTITY_ENDPOINT)"
        case .principal(let authority, _, _, _): authority.host
        }
    }
}

/// Why a secret cannot be had; the sentence never holds a value.
package struct KeyVaultFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason and what to do.
    package var description: String

    /// Makes a failure.
    package init(_ description: String) { self.description = description }
}
