import FunctionKit

/// What a vault or a token service answers.
enum KeyVaultAnswer: Sendable {
    /// 200 with a JSON object.
    case object(JSONValue)
    /// Any other status.
    case refused(KeyVaultRefusal)
}

/// An answer that is no success, with what it says of the reason. Texts of the other side are never quoted: they may hold anything.
struct KeyVaultRefusal: Sendable {
    /// How much of such an answer is read.
    static let bodyBytesMax = 1 << 16

    /// The HTTP status.
    var status: Int
    /// `error.code` of a vault, `error` of a token service.
    var code: String?
    /// `error.innererror.code`: what a vault means by 403.
    var innerCode: String?
    /// What a 401 says about where a token is to come from.
    var challenge: KeyVaultChallenge?
    /// `Retry-After` in seconds; nil without one, or for a date.
    var retryAfter: Duration?

    /// Reads an answer; a body that is not JSON has no codes.
    init(_ response: OutboundResponse) async {
        status = response.status.rawValue
        challenge = response.headers["WWW-Authenticate"].flatMap(KeyVaultChallenge.init)
        retryAfter = response.headers["Retry-After"].flatMap { Int($0) }.flatMap { $0 >= 0 ? .seconds($0) : nil }
        guard let bytes = try? await response.body.collect(upTo: Self.bodyBytesMax),
            let root = try? LenientJSON.parse(bytes), let error = root.member(ignoringCase: "error")
        else { return }
        code = error.string ?? error.member(ignoringCase: "code")?.string
        innerCode = error.member(ignoringCase: "innererror")?.member(ignoringCase: "code")?.string
    }

    /// True when the same request may succeed a little later.
    var isTransient: Bool { status == 408 || status == 429 || status >= 500 }

    /// What to do about a vault that says this.
    var vaultRemedy: String {
        switch (status, innerCode) {
        case (300..<400, _): return "It redirects, and a token follows no redirect. Correct the vault's URL."
        case (400, _): return "Check the reference's names and version."
        case (401, _):
            let tenant = challenge?.tenant.map { " The vault belongs to the tenant '\($0)'." } ?? ""
            return "Its token was not accepted; check the identity's tenant." + tenant
        case (403, "SecretDisabled"?): return "The secret is disabled. Enable it, or refer to another version."
        case (403, "ForbiddenByFirewall"?):
            return "The vault's firewall keeps this machine out; open it to the machine."
        case (403, _):
            return "Give the host's identity the role 'Key Vault Secrets User', and open the vault's firewall to it."
        case (404, _): return "There is no such secret or version."
        default: return "Try again later."
        }
    }

    /// What to do about a token service that says this.
    var tokenRemedy: String {
        switch code {
        case "invalid_client"?: "AZURE_CLIENT_SECRET is wrong or has expired."
        case "unauthorized_client"?: "The tenant of AZURE_TENANT_ID does not know AZURE_CLIENT_ID."
        case "invalid_request"? where status == 400: "Check AZURE_TENANT_ID and AZURE_CLIENT_ID."
        default: "Check the identity's settings."
        }
    }
}

/// `WWW-Authenticate` of a vault: `Bearer authorization="https://login.…/{tenant}", resource="https://vault.azure.net"`.
struct KeyVaultChallenge: Sendable, Equatable {
    /// What a token must be for.
    var resource: String?
    /// The directory that the vault belongs to, when its text is a name.
    var tenant: String?

    /// Reads the header; nil for another scheme than `Bearer`.
    init?(_ text: String) {
        guard text.lowercased().hasPrefix("bearer ") else { return nil }
        for part in text.dropFirst(7).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { trimmingSpaces($0) }
            guard pair.count == 2 else { continue }
            let value = pair[1].hasPrefix("\"") ? String(pair[1].dropFirst().prefix { $0 != "\"" }) : String(pair[1])
            switch pair[0].lowercased() {
            case "resource": resource = value
            case "authorization", "authorization_uri": tenant = Self.tenant(in: value)
            default: break
            }
        }
    }

    /// The resource, if it may be believed: a vault can only ask for tokens for the service it belongs to, or else any server
    /// that a reference names could ask for a token for something else.
    func resource(trustedFor vault: ServiceURL) -> String? {
        guard let resource, let url = ServiceURL(resource) else { return nil }
        return vault.host == url.host || vault.host.hasSuffix("." + url.host) ? resource : nil
    }

    private static func tenant(in url: String) -> String? {
        guard let last = url.split(separator: "/").last, (1...64).contains(last.utf8.count), url.contains("://") else {
            return nil
        }
        let isName = last.utf8.allSatisfy { isASCIILetter($0) || (0x30...0x39).contains($0) || "-.".utf8.contains($0) }
        return isName && last.utf8.count < url.utf8.count - 8 ? String(last) : nil
    }
}
