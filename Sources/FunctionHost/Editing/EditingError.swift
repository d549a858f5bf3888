package import FunctionKit

/// Why a function cannot be written or removed. Where Azure has words for it, they are the whole answer.
package struct EditingError: HTTPResponseError, CustomStringConvertible, Equatable {
    private let status: HTTPStatus
    /// A stable name for programs; nil where the words are Azure's.
    private let code: String?
    /// The thing, the reason and the remedy.
    package let description: String

    private init(_ status: HTTPStatus, _ code: String?, _ description: String) {
        self.status = status
        self.code = code
        self.description = description
    }

    static let readOnly = EditingError(
        .badRequest,
        nil,
        "Your app is currently in read only mode. Cannot create or update functions."
    )

    static func invalidName(_ name: String) -> EditingError {
        EditingError(.badRequest, nil, "\(name) is not a valid function name")
    }

    static func invalidBody(_ reason: String) -> EditingError { EditingError(.badRequest, "invalid_body", reason) }

    static func invalidPath(_ path: String) -> EditingError {
        EditingError(
            .badRequest,
            "invalid_path",
            "'\(path)' is not a valid path of a function's file. Use at most \(FunctionUpload.pathBytesMax) bytes and "
                + "\(FunctionUpload.pathDepthMax) parts, none of which begins with a dot."
        )
    }

    static func taken(_ folder: String) -> EditingError {
        EditingError(
            .conflict,
            "folder_taken",
            "The app's folder '\(folder)' is there already and is no function. Use another name."
        )
    }

    static func holdsMore(_ folder: String) -> EditingError {
        EditingError(
            .conflict,
            "folder_holds_more",
            "The folder '\(folder)' holds more than a function: the host's data, or all functions. Remove it by hand."
        )
    }

    static func failed(_ path: String, _ reason: String) -> EditingError {
        EditingError(
            .serviceUnavailable,
            "unavailable",
            "'\(path)' cannot be written: \(reason). Check the app's folder and its disk."
        )
    }

    static func unreadable(_ path: String, _ reason: String) -> EditingError {
        EditingError(
            .serviceUnavailable,
            "unavailable",
            "'\(path)' cannot be read: \(reason). Try again, or copy the folder."
        )
    }

    static let tooLarge = EditingError(
        .unprocessableContent,
        "app_too_large",
        "The functions have more than \(AppArchive.filesMax) files or \(AppArchive.bytesMax) bytes. Copy the folder instead."
    )

    /// What the caller gets.
    package var response: HTTPResponse {
        guard let code else { return .text(description, status: status) }
        return HTTPError(status, code: code, message: description).response
    }
}
