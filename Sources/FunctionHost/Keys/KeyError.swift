package import FunctionKit

/// Why a key cannot be set or deleted. Where Azure has words for it, they are the whole answer.
package struct KeyError: HTTPResponseError, CustomStringConvertible {
    private enum Answer: Sendable {
        case azure(HTTPStatus)
        case own(HTTPStatus, code: String)
    }

    private let answer: Answer
    /// The thing, the reason and the remedy.
    package let description: String

    /// A value that is missing or empty.
    package static let invalidValue = KeyError(answer: .azure(.badRequest), description: "Invalid key value")
    /// The master key cannot be deleted, only replaced.
    package static let undeletable = KeyError(answer: .azure(.badRequest), description: "Cannot delete System Key.")

    static func valueTooLong(_ name: String) -> KeyError {
        KeyError(
            answer: .own(.badRequest, code: "key_too_long"),
            description: "The value of key '\(name)' is longer than \(KeyStore.valueBytesMax) bytes. Use a shorter one."
        )
    }

    static let invalidName = KeyError(
        answer: .own(.badRequest, code: "invalid_key_name"),
        description: "A key's name has 1 to \(KeyStore.nameBytesMax) bytes without control characters."
    )

    static let misplacedMaster = KeyError(
        answer: .own(.badRequest, code: "invalid_key_name"),
        description:
            "'\(Key.masterURLName)' is the master key. Reach it as /admin/host/systemkeys/\(Key.masterURLName)."
    )

    static func tooMany(in scope: Key.Scope) -> KeyError {
        KeyError(
            answer: .own(.conflict, code: "too_many_keys"),
            description: "'\(scope.text)' has \(KeyStore.keysPerScopeMax) keys, the most it may have. Delete one first."
        )
    }

    /// What the caller gets.
    package var response: HTTPResponse {
        switch answer {
        case .azure(let status): .text(description, status: status)
        case .own(let status, let code): HTTPError(status, code: code, message: description).response
        }
    }
}
