package import FunctionKit
import Glibc

/// Outbound HTTP that loads its library with the first request.
///
/// libcurl brings some thirty libraries along, and loading them takes longer than everything else that a start does. Most
/// starts, and most commands, send nothing: so `libHTTPClient.so` is found beside the program and loaded the way a function is.
package final class LazyHTTPClient: HTTPClient {
    private enum State {
        case unused
        case loaded(any HTTPClientEngine)
        case closed
    }

    private let libraryFolder: String
    private let state = LockedState(State.unused)

    /// Makes a client whose library lies in `libraryFolder`; nothing is loaded yet.
    package init(libraryFolder: String) { self.libraryFolder = libraryFolder }

    /// Loads the library if this is the first request, then sends.
    ///
    /// - Throws: what the library's client throws; ``HTTPClientError/Code/closed`` when it cannot be loaded.
    package func send(_ request: OutboundRequest) async throws(HTTPClientError) -> OutboundResponse {
        try await engine().send(request)
    }

    /// Ends every exchange; later requests are refused.
    package func close() async {
        let engine = state.withLock { state -> (any HTTPClientEngine)? in
            defer { state = .closed }
            guard case .loaded(let engine) = state else { return nil }
            return engine
        }
        await engine?.close()
    }

    /// The loaded client. The lock is held while the library loads, so that it is loaded once; that is a few milliseconds,
    /// once in the life of the process.
    private func engine() throws(HTTPClientError) -> any HTTPClientEngine {
        try state.withLock { (state) throws(HTTPClientError) in
            switch state {
            case .loaded(let engine): return engine
            case .closed: throw HTTPClientError(.closed, "The HTTP client is shut down.")
            case .unused:
                let engine = try load()
                state = .loaded(engine)
                return engine
            }
        }
    }

    private func load() throws(HTTPClientError) -> any HTTPClientEngine {
        let path = libraryFolder + "/libHTTPClient.so"
        guard dlopen(path, RTLD_NOW | RTLD_LOCAL) != nil else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
            throw HTTPClientError(.closed, "The library of the HTTP client does not load: \(reason)")
        }
        guard let type = _typeByName("10HTTPClient14CurlHTTPClientC") as? any HTTPClientEngine.Type else {
            throw HTTPClientError(.closed, "The library '\(path)' has no HTTP client. Build it together with the host.")
        }
        return type.init()
    }
}
