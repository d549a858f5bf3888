public import FunctionKit

/// Why a call to another program failed. The sentence names program, method and path, never a query, a body or the key.
public struct IntegrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whose fault it is, which decides what the caller does with the record it was about.
    public enum Kind: Sendable, Hashable {
        /// The program refused this very record (a 4xx but those below): set it aside and go on with the others.
        case rejected(HTTPStatus)
        /// The program does not answer, answers 429 or 5xx until we gave up, or the time is over: try again next run.
        case unavailable
        /// The program refuses our key (401, 403): nothing will work until somebody changes it.
        case unauthorized
        /// What came is no answer of this program: a web page, half a body, another shape, a redirect.
        case oddAnswer
        /// The invocation was cancelled.
        case cancelled
    }

    /// Whose fault it is.
    public let kind: Kind
    /// The sentence for logs, `sync_runs` and the admin.
    public let description: String

    /// Makes an error.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// True when only this record failed and the next one may succeed.
    public var isAboutRecord: Bool {
        if case .rejected = kind { true } else { false }
    }
}
