/// How a request reached the host (RFC 9110, section 4.2).
public enum HTTPScheme: String, Sendable {
    /// In the clear.
    case http
    /// By TLS: to the host itself, or to a proxy that the host trusts.
    case https
}
