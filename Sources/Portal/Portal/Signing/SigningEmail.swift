import FunctionKit

/// The e-mail that asks a user to sign a policy.
struct SigningEmail {
    /// The policy.
    var policy: Policy
    /// The user.
    var user: PortalUser
    /// How the tenant's portal looks.
    var branding: Branding
    /// The tenant.
    var tenant: Tenant
    /// `PORTAL_BASE_URL`.
    var baseURL: String

    /// - Throws: ``MailError`` when the user's address is none.
    func email() throws(MailError) -> Email {
        let portal = branding.portalName ?? tenant.name
        let due = policy.dueAt.map { "Please sign it by \(MailDate.day($0))." } ?? "Please sign it when you can."
        let greeting = "Hello \(user.name.isEmpty ? user.email : user.name),"
        let request = "\(portal) asks you to read and sign “\(policy.title)” (version \(policy.version))."
        return Email(
            to: try Mailbox(name: user.name, address: user.email),
            senderName: portal,
            subject: "Please sign: \(policy.title)",
            text: "\(greeting)\n\n\(request)\n\(due)\n\nRead and sign: \(link)\n\n\(portal)\n",
            html: page(greeting: greeting, request: request, due: due, portal: portal),
            link: link
        )
    }

    /// Where the user signs; a custom domain would need no tenant here, and a base URL that all share does.
    var link: String { "\(baseURL)/portal/documents/\(percentEncoded(policy.policyID))/sign" }

    private func page(greeting: String, request: String, due: String, portal: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(htmlEscaped(policy.title))</title></head>
        <body style="margin:0;padding:24px;background:#f5f5f7;font-family:system-ui,sans-serif;color:#1f2937">
        <div style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:12px;padding:32px">
        \(logo(portal))
        <p>\(htmlEscaped(greeting))</p>
        <p>\(htmlEscaped(request))</p>
        <p>\(htmlEscaped(due))</p>
        <p><a href="\(htmlEscaped(link))" style="display:inline-block;padding:12px 20px;border-radius:8px;\
        background:\(htmlEscaped(branding.primaryColor));color:#ffffff;text-decoration:none">Read and sign</a></p>
        <p style="color:#6b7280;font-size:13px">\(htmlEscaped(link))</p>
        </div></body></html>

        """
    }

    private func logo(_ portal: String) -> String {
        guard let url = branding.logoURL, url.hasPrefix("https://") else {
            return "<p style=\"font-size:20px;font-weight:600;color:\(htmlEscaped(branding.primaryColor))\">"
                + "\(htmlEscaped(portal))</p>"
        }
        return "<p><img src=\"\(htmlEscaped(url))\" alt=\"\(htmlEscaped(portal))\" style=\"max-height:48px\"></p>"
    }
}
