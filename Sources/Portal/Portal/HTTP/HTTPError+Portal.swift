public import FunctionKit

extension HTTPError {
    /// 401: no session, or a dead one.
    public static var sessionExpired: HTTPError {
        HTTPError(.unauthorized, code: "session_expired", message: "Session expired")
    }

    /// 404 with the same body for what does not exist and for what is somebody else's.
    public static var notFoundHere: HTTPError { HTTPError(.notFound, code: "not_found", message: "Not found") }

    /// 403: the role does not permit it.
    public static var notPermitted: HTTPError {
        HTTPError(.forbidden, code: "not_permitted", message: "Your role does not permit this.")
    }

    /// 400 for a field of the body that breaks a rule.
    public static func invalidField(_ name: String, _ rule: String) -> HTTPError {
        HTTPError(.badRequest, code: "invalid_field", message: "The field '\(name)' \(rule)")
    }

    /// 400 for a query parameter that breaks a rule.
    public static func invalidParameter(_ name: String, _ rule: String) -> HTTPError {
        HTTPError(.badRequest, code: "invalid_parameter", message: "The parameter '\(name)' \(rule)")
    }

    /// 503: the portal was not told how to reach or recognise another program.
    public static func notConfigured(_ message: String, code: String) -> HTTPError {
        HTTPError(.serviceUnavailable, code: code, message: message)
    }
}
