package import FunctionKit

/// The host's own endpoints under `/admin`, open to the master key alone except for the ping and the warm-up.
///
/// The first word behind `/admin` names an area, and each area answers for itself in a file of its own: `AdminAPI+Functions`,
/// `AdminAPI+Queues` and so on.
package struct AdminAPI: Sendable {
    /// Fires a function by hand; the host joins it to timers, queues and HTTP functions.
    package typealias Runner = @Sendable (LoadedFunction, ManualRun) async -> InvocationOutcome

    /// How many runs of one function may go on when another is asked for by hand: 100.
    static let runsMax = 100

    let slot: AppSlot
    let control: any HostControl
    let status: HostStatus
    let keys: KeyStore
    let enforcesKeys: Bool
    let clock: any AppClock
    let queues: QueueInspector
    let store: StoreInspector
    let folders: FunctionFolders?
    let runner: Runner
    let warmup = WarmupOnce()

    /// Makes the API over whatever app the slot holds.
    ///
    /// - Parameters:
    ///   - enforcesKeys: false makes every caller an admin; the keys can be looked at and changed all the same.
    ///   - folders: the app's folder; nil when it is out of reach, and functions can be looked at only.
    package init(
        slot: AppSlot,
        control: any HostControl,
        status: HostStatus,
        keys: KeyStore,
        enforcesKeys: Bool = true,
        clock: any AppClock,
        queues: QueueInspector,
        store: StoreInspector,
        folders: FunctionFolders? = nil,
        runner: @escaping Runner
    ) {
        self.slot = slot
        self.control = control
        self.status = status
        self.keys = keys
        self.enforcesKeys = enforcesKeys
        self.clock = clock
        self.queues = queues
        self.store = store
        self.folders = folders
        self.runner = runner
    }

    /// Whether a path is the host's own: its first segment is `admin`, in any case and however it is encoded, as in Azure, or
    /// it begins with `/runtime/webhooks`.
    static func owns(_ path: String) -> Bool {
        let bytes = path.utf8.span
        guard let first = bytes.indices.first, bytes[first] == UInt8(ascii: "/") else { return false }
        let rest = 1..<bytes.count
        let segment = 1..<(bytes.firstIndex(of: UInt8(ascii: "/"), in: rest) ?? bytes.count)
        // Nearly every path ends here, without anything decoded.
        guard segment.count == 5 || segment.count == 7 || bytes.firstIndex(of: UInt8(ascii: "%"), in: segment) != nil
        else { return false }
        let word = percentDecoded(path.utf8.dropFirst().prefix(segment.count))
        return equalsIgnoringASCIICase(word, "admin")
            || equalsIgnoringASCIICase(word, "runtime") && extensionName(in: path) != nil
    }

    /// Answers a request that ``owns(_:)`` says is the host's.
    func respond(to request: HTTPRequest) async -> HTTPResponse {
        if let name = Self.extensionName(in: request.path) { return answerForExtension(name, request) }
        let parts = Self.parts(of: request.path)
        if parts == ["host", "ping"] { return ping(request) }
        if parts == ["warmup"] { return await warmUp(request) }
        switch enforcesKeys ? keys.ring.access(of: request, to: "") : .admin {
        case .admin: break
        case .anonymous: return HTTPResponse(status: .unauthorized)
        default: return HTTPResponse(status: .forbidden)
        }
        do {
            return try await answer(request, parts)
        } catch let error as any HTTPResponseError {
            return error.response
        } catch {
            return HTTPResponse(status: .internalServerError)
        }
    }

    private func answer(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        switch parts.first {
        case "host" where Self.areHostKeys(parts): try await answerForKeys(request, parts)
        case "functions" where Self.areFunctionKeys(parts): try await answerForKeys(request, parts)
        case "functions": try await answerForFunctions(request, parts)
        case "keys": try await answerForKeyImport(request, parts)
        case "host": try await answerForHost(request, parts)
        case "queues": try await answerForQueues(request, parts)
        case "store": try await answerForStore(request, parts)
        case "timers": try await answerForTimers(request, parts)
        default: HTTPResponse(status: .notFound)
        }
    }

    /// The decoded segments behind `/admin`. The words of the API itself count in any case; what stands between them is a
    /// name or an id and stays as it is: that of a function, a queue, a tenant or a key.
    static func parts(of path: String) -> [String] {
        var parts = path.split(separator: "/").dropFirst().map { percentDecoded($0.utf8) }
        let isHost = parts.first.map { equalsIgnoringASCIICase($0, "host") } ?? false
        for index in parts.indices where isHost ? index < 2 || !areHostKeys(parts) : index.isMultiple(of: 2) {
            parts[index] = parts[index].lowercased()
        }
        return parts
    }

    private func ping(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .get || request.method == .post || request.method == .head else {
            return HTTPResponse(status: .notFound)
        }
        return HTTPResponse(headers: ["Cache-Control": "no-store, no-cache"])
    }
}

extension HTTPRequest {
    /// The method by which an endpoint is chosen: HEAD is GET, since the server leaves the body of its answer away.
    var chosenMethod: HTTPMethod { method == .head ? .get : method }

    /// The URL of the request without its query, as the caller wrote it: `http://localhost:7071/admin/host/keys`.
    var selfURL: String { originURL + path }

    /// The scheme, host and port by which the caller reached the host, or a proxy that the host trusts.
    var originURL: String {
        let named = host.flatMap { $0.isEmpty ? nil : $0 } ?? "localhost"
        return "\(scheme.rawValue)://\(named)"
    }
}
