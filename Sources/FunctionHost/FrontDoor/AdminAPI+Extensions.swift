import FunctionKit

extension AdminAPI {
    /// The extension that `/runtime/webhooks/{extension}/…` names; nil for any other path.
    static func extensionName(in path: String) -> String? {
        let parts = path.split(separator: "/", maxSplits: 3).map { percentDecoded($0.utf8) }
        guard parts.count >= 3, equalsIgnoringASCIICase(parts[0], "runtime"),
            equalsIgnoringASCIICase(parts[1], "webhooks")
        else { return nil }
        return parts[2]
    }

    /// Azure's extensions take calls from outside here, with a system key of their own. This host has no such extension: whoever
    /// has the key is told so, and nobody else.
    func answerForExtension(_ name: String, _ request: HTTPRequest) -> HTTPResponse {
        switch enforcesKeys ? keys.ring.access(of: request, toExtension: name) : .admin {
        case .admin, .system: HTTPResponse(status: .notFound)
        case .anonymous: HTTPResponse(status: .unauthorized)
        case .function: HTTPResponse(status: .forbidden)
        }
    }
}
