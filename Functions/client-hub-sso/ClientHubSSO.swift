public import FunctionKit
import Portal

/// `GET /api/auth/client-hub-sso?token=…`: signs a client user in with the one-time token of a Hub link.
public struct ClientHubSSO: HTTPFunction {
    private let portal: Portal

    /// Prepares the function.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers 302 to `/portal/tickets` with the session's cookie; otherwise 401 or 503, as a page for browsers and as JSON
    /// for others. The token is neither logged nor repeated.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        var response = try await portal.answer(request, context) {
            let presented = PresentedToken(request, portal: portal)
            do {
                let cookie = try await signIn(presented, request, context)
                var response = HTTPResponse.redirect(to: "/portal/tickets")
                response.headers["Set-Cookie"] = cookie
                return response
            } catch let error as HTTPError where ErrorPage.isWanted(by: request) {
                return try await page(error, presented, request)
            }
        }
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    private func signIn(
        _ presented: PresentedToken,
        _ request: HTTPRequest,
        _ context: InvocationContext
    ) async throws -> String {
        guard portal.settings.clientSSOSecret != nil else {
            throw HTTPError.notConfigured("Client SSO not configured", code: "sso_not_configured")
        }
        let token: HubToken
        do throws(JSONWebToken.Refusal) {
            token = try HubToken(try presented.verified.get(), now: portal.app.clock.now)
        } catch {
            context.logger.info("A Hub sign-in was refused: \(error.rawValue)")
            throw HTTPError.invalidSSOToken
        }
        guard let tenant = try await portal.tenants.active(slug: token.tenantSlug, tenantID: token.tenantID) else {
            context.logger.info("A Hub sign-in was refused: tenant")
            throw HTTPError.invalidSSOToken
        }
        let spent = SpentTokens(try portal.tenants.store(of: tenant))
        guard try await spent.spend(token.id, kind: "client_hub_sso", expiresAt: token.expiresAt) else {
            throw HTTPError(.unauthorized, code: "sso_token_used", message: "Token already used")
        }
        let signIn = try HubSignIn(portal, tenant: tenant, logger: context.logger)
        guard let cookie = try await signIn.run(token.person, request: request) else {
            context.logger.info("A Hub sign-in was refused: user or company disabled")
            throw HTTPError.invalidSSOToken
        }
        return cookie
    }

    /// The branding is the tenant's that a rightly signed token names, else that of the address.
    private func page(
        _ error: HTTPError,
        _ presented: PresentedToken,
        _ request: HTTPRequest
    ) async throws -> HTTPResponse {
        var tenant: Tenant?
        if let slug = try? presented.verified.get().text("tenant_slug") {
            tenant = try await portal.tenants.active(slug: slug)
        }
        if tenant == nil { tenant = try await portal.tenants.active(for: request) }
        var branding = Branding()
        if let tenant {
            branding = try await Branding.read(of: tenant, from: try portal.tenants.store(of: tenant))
        }
        let advice = "Please ask your service provider for a new sign-in link, and open it within a minute."
        return ErrorPage.response(for: error, advice: advice, branding: branding)
    }
}

/// The token of a request with what its signature came to.
private struct PresentedToken {
    let verified: Result<JSONWebToken, JSONWebToken.Refusal>

    init(_ request: HTTPRequest, portal: Portal) {
        verified = Result { () throws(JSONWebToken.Refusal) in
            guard let secret = portal.settings.clientSSOSecret, let text = request.queryValue("token") else {
                throw .malformed
            }
            return try JSONWebToken(verifying: text, key: secret.bytes)
        }
    }
}

extension HTTPError {
    fileprivate static var invalidSSOToken: HTTPError {
        HTTPError(.unauthorized, code: "sso_token_invalid", message: "Invalid or expired SSO token")
    }
}
