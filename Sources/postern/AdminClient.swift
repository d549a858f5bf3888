import FunctionHost
import FunctionKit

/// Talks to the admin API of the running host, with the master key of its data folder.
struct AdminClient {
    /// The options that every command with a client takes.
    static let options: Set<String> = ["app", "data", "port", "address"]

    private let origin: String
    private let port: Int
    private let key: String

    /// Reads the key from the data folder that the options name.
    init(_ arguments: Arguments) async throws {
        port = try arguments.number("port", in: 1...65_535, default: HostOptions.portDefault)
        let address = arguments["address"] ?? "127.0.0.1"
        origin = "http://\(address.contains(":") ? "[\(address)]" : address):\(port)"
        key = try await masterKey(in: try AppLocation(arguments).dataFolder)
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
        let request = OutboundRequest(
            method: method,
            url: origin + "/admin/" + path,
            headers: ["x-functions-key": key, "Content-Type": "application/json"],
            body: HTTPBody(body),
            firstByteTimeout: wait,
            totalTimeout: wait
        )
        let client = LazyHTTPClient(libraryFolder: executableFolder())
        let response: OutboundResponse
        let bytes: [UInt8]
        do {
            response = try await client.send(request)
            bytes = try await response.body.collect(upTo: request.responseBytesMax)
        } catch {
            throw CommandFailure(
                ExitCode.unavailable,
                "No host answers on port \(port). \(error) Start one with 'postern start'."
            )
        }
        guard response.status != .unauthorized, response.status != .forbidden else {
            throw CommandFailure(
                ExitCode.configuration,
                "The host on port \(port) does not take the key of this data folder. Pass the folder it runs on as --data."
            )
        }
        return (response.status, bytes)
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
