package import FunctionKit

/// Why a request is not passed on: the status that the client gets and the reason in words, which holds nothing it sent.
package struct RequestRefusal: Error, Sendable, Hashable {
    /// The status of the answer.
    package let status: HTTPStatus
    /// The reason, as the body of the answer says it.
    package let reason: String
    /// Whether the answer has a body that says it. The client of a function that failed is told nothing, as in Azure.
    let isTold: Bool

    init(_ status: HTTPStatus, _ reason: String, isTold: Bool = true) {
        self.status = status
        self.reason = reason
        self.isTold = isTold
    }

    /// What goes out.
    var response: HTTPResponse {
        isTold ? .text("\(status.reasonPhrase): \(reason)\n", status: status) : HTTPResponse(status: status)
    }

    /// 400 with a reason.
    static func malformed(_ reason: String) -> RequestRefusal { RequestRefusal(.badRequest, reason) }

    static let targetTooLong = RequestRefusal(414, "The request line is too long.")
    static let headerTooLarge = RequestRefusal(431, "The header fields are too large.")
    static let headerTooMany = RequestRefusal(431, "There are too many header fields.")
    static let bodyTooLarge = RequestRefusal(.contentTooLarge, "The request body is too large.")
    static let headerTimedOut = RequestRefusal(408, "The request header took too long.")
    static let bodyTimedOut = RequestRefusal(408, "The request body took too long.")
    static let callTimedOut = RequestRefusal(
        .internalServerError,
        "The function took longer than it may.",
        isTold: false
    )
    static let stopping = RequestRefusal(503, "The server stops, and the function did not answer in time.")
    static let unknownMethod = RequestRefusal(501, "The method is not known.")
    static let unsupportedVersion = RequestRefusal(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    static let unknownExpectation = RequestRefusal(417, "Only the expectation 100-continue is known.")
    static let unknownCoding = RequestRefusal(501, "Only the transfer coding chunked is known.")
    static let bodyCutShort = RequestRefusal.malformed("The connection ended inside the body.")
    static let headCutShort = RequestRefusal.malformed("The connection ended inside the header.")
}
