import FunctionHost
import FunctionKit

/// Talks to the admin API of the running host, with the master key of its data folder.
struct AdminClient: Sendable {
    /// The options that every command with a client takes.
    static let options: [Command.Option] = [
        .app("The app whose data folder is meant"),
        .data("The running host's data folder"),
        .init(name: "port", value: "N", summary: "The running host's port (7071)"),
        .init(name: "address", value: "A", summary: "The running host's address (127.0.0.1)"),
        .init(name: "url", value: "URL", summary: "Its URL instead, for one that speaks HTTPS"),
    ]

    private let origin: String
    /// The host in messages: `port 7071`, or its URL.
    private let place: String
    private let key: String
    private let client = LazyHTTPClient(libraryFolder: executableFolder())

    /// Reads the key from the data folder that the options name.
    init(_ arguments: Arguments) async throws {
        if let url = arguments["url"] {
            origin = try Self.origin(url, arguments)
            place = origin
        } else {
            let port = try arguments.number("port", in: 1...65_535, default: HostOptions.portDefault)
            let address = arguments["address"] ?? "127.0.0.1"
            origin = "http://\(address.contains(":") ? "[\(address)]" : address):\(port)"
            place = "port \(port)"
        }
        key = try await masterKey(in: try AppLocation(arguments).dataFolder)
    }

    private static func origin(_ url: String, _ arguments: Arguments) throws -> String {
        guard arguments["port"] == nil, arguments["address"] == nil else {
            throw UsageError("'--url' says the address and the port. Leave '--address' and '--port' away.")
        }
        let rest = url.hasPrefix("https://") ? url.dropFirst(8) : url.hasPrefix("http://") ? url.dropFirst(7) : ""
        let host = rest.last == "/" ? rest.dropLast() : rest
        guard !host.isEmpty, !host.contains(where: { "/?#@ ".contains($0) }) else {
            throw UsageError("'\(url)' is not a valid value for '--url'. Use one such as https://app.example.com.")
        }
        return url.last == "/" ? String(url.dropLast()) : url
    }

    /// Sends a request to a path below `/admin`.
    ///
    /// - Parameter wait: how long the answer may take.
    /// - Throws: ``CommandFailure`` when no host answers, or it does not take the key.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        body: [UInt8] = [],
        wait: Duration = .seconds(60)
    ) async throws -> (status: HTTPStatus, body: [UInt8]) {
        let response = try await open(request(method, path, body: body, wait: wait))
        return (response.status, try await collect(response.body))
    }

    /// Asks for something large from a path below `/admin`, which is read piece by piece.
    ///
    /// - Parameters:
    ///   - wait: how long the beginning of the answer may take.
    ///   - total: how long all of it may take.
    func stream(_ path: String, wait: Duration, total: Duration) async throws -> HTTPBody.Source {
        var request = request(.get, path, body: [], wait: wait)
        request.totalTimeout = total
        request.responseBytesMax = .max
        let response = try await open(request)
        guard response.status == .ok else { throw Self.failure(response.status, try await collect(response.body)) }
        let source = response.body.makeSource()
        return { [place] in
            do {
                return try await source()
            } catch {
                throw CommandFailure(ExitCode.unavailable, "The host on \(place) broke off its answer. \(error)")
            }
        }
    }

    private func request(_ method: HTTPMethod, _ path: String, body: [UInt8], wait: Duration) -> OutboundRequest {
        OutboundRequest(
            method: method,
            url: origin + "/admin/" + path,
            headers: ["x-functions-key": key, "Content-Type": "application/json"],
            body: HTTPBody(body),
            firstByteTimeout: wait,
            totalTimeout: wait
        )
    }

    private func collect(_ body: HTTPBody) async throws -> [UInt8] {
        do {
            return try await body.collect(upTo: Self.answerBytesMax)
        } catch {
            throw noHost(error)
        }
    }

    /// The longest answer that is read at once: 32 MiB.
    private static let answerBytesMax = 32 << 20

    private func noHost(_ error: any Error) -> CommandFailure {
        CommandFailure(
            ExitCode.unavailable,
            "No host answers on \(place). \(error) Start one with 'postern start'."
        )
    }

    private func open(_ request: OutboundRequest) async throws -> OutboundResponse {
        let response: OutboundResponse
        do {
            response = try await client.send(request)
        } catch {
            throw noHost(error)
        }
        guard response.status == .unauthorized || response.status == .forbidden else { return response }
        // A refusal of the host's own says why; one of the key says nothing.
        let reason = try await collect(response.body)
        guard reason.isEmpty else { throw Self.failure(response.status, reason) }
        throw CommandFailure(
            ExitCode.configuration,
            "The host on \(place) does not take the key of this data folder. Pass the folder it runs on as --data."
        )
    }

    /// The failure that an unexpected answer makes: the input's when the host says so, else the host's.
    static func failure(_ status: HTTPStatus, _ body: [UInt8]) -> CommandFailure {
        let isInput = (400..<500).contains(status.rawValue)
        return CommandFailure(
            isInput ? ExitCode.dataError : ExitCode.unavailable,
            "The host answered \(status.rawValue): \(String(decoding: body, as: UTF8.self))"
        )
    }
}
