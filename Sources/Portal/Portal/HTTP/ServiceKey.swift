import Crypto
public import FunctionKit

/// Recognises another program by the key that it shows.
public enum ServiceKey {
    /// Checks the key of a request, in a time that does not depend on how much of it is right.
    ///
    /// - Parameters:
    ///   - expected: the key; nil when nobody configured one.
    ///   - headers: header fields that may carry the bare key beside `Authorization: Bearer`.
    ///   - missing: what is answered when `expected` is nil, usually ``FunctionKit/HTTPError/notConfigured(_:code:)``.
    /// - Throws: `missing`, or ``FunctionKit/HTTPError`` 401 when no key is shown or a wrong one.
    public static func check(
        _ request: HTTPRequest,
        is expected: Secret?,
        headers: [String] = [],
        otherwise missing: HTTPError
    ) throws(HTTPError) {
        guard let expected else { throw missing }
        // Equal digests have equal lengths, so not even the key's length shows in the time.
        let digest = sha256(expected.bytes)
        let shown = bearer(request) + headers.flatMap { request.headers.values(of: $0) }
        let matches = shown.filter { Crypto.constantTimeEquals(sha256($0.utf8), digest) }
        guard !matches.isEmpty else {
            throw HTTPError(
                .unauthorized,
                code: "invalid_key",
                message: "The key is missing or wrong.",
                headers: ["WWW-Authenticate": "Bearer"]
            )
        }
    }

    private static func bearer(_ request: HTTPRequest) -> [String] {
        request.headers.values(of: "Authorization").compactMap { value in
            guard value.utf8.count > 7, equalsIgnoringASCIICase(String(value.prefix(7)), "Bearer ") else { return nil }
            return String(value.dropFirst(7))
        }
    }
}
