import FoundationEssentials
import FunctionKit
import Glibc
import HTTPClient

/// The real `postern` on a free port, with a data folder of its own.
final class RunningHost: Sendable {
    let process: ChildProcess
    let data: ScratchFolder
    let baseURL: String
    let client = CurlHTTPClient()

    /// Starts a host and waits until it serves.
    ///
    /// - Parameters:
    ///   - port: the port, for a host that others must know before it runs; 0 for any free one.
    ///   - isVerbose: whether the host tells of its own doings, which most tests look at.
    ///   - lifetime: the longest that it may live, for a test beside which others keep every core busy.
    init(
        app: String,
        data: ScratchFolder? = nil,
        port: UInt16 = 0,
        arguments: [String] = [],
        isVerbose: Bool = true,
        settings: [String: String] = [:],
        lifetime: Duration = ChildProcess.lifetime
    ) async throws {
        let data = try data ?? ScratchFolder()
        let process = try await StartGate.shared.pass {
            let process = try ChildProcess(
                Workplace.postern,
                ["start", "--app", app, "--data", data.path + "/data", "--port", "\(port)"]
                    + (isVerbose ? ["--verbose"] : [])
                    + arguments,
                environment: Self.environment.merging(settings) { $1 },
                lifetime: lifetime
            )
            guard await process.waitForOutput("Listening on "), await process.waitForOutput(" ms")
            else { throw SupportError("The host did not start: \(process.output) \(process.errors)") }
            return process
        }
        // A JSON log has the sentence within a member; there, too, the URL ends at a space.
        let place = process.output.split(separator: "Listening on ").last ?? ""
        let scheme = place.hasPrefix("https:") ? "https" : "http"
        let open = place.split(separator: "://localhost:").last?.prefix { $0.isNumber }
        baseURL = "\(scheme)://127.0.0.1:\(open ?? "")"
        self.process = process
        self.data = data
    }

    /// What a child gets of this process's environment.
    static var environment: [String: String] {
        var result = ["AZURE_FUNCTIONS_ENVIRONMENT": "Development"]
        for name in ["PATH", "LD_LIBRARY_PATH", "HOME"] {
            if let value = getenv(name) { result[name] = String(cString: value) }
        }
        return result
    }

    /// The port.
    var port: String { String(baseURL.split(separator: ":").last ?? "") }

    /// Sends a request to a path of the host.
    func send(
        _ method: HTTPMethod = .get,
        _ path: String,
        headers: HTTPFields = [:],
        body: String = ""
    ) async throws -> Answer {
        let request = OutboundRequest(method: method, url: baseURL + path, headers: headers, body: HTTPBody(body))
        return try await Answer(client.send(request))
    }

    /// Asks the host to stop and waits until it has.
    @discardableResult
    func stop() async -> ChildProcess.Ending {
        process.kill(SIGTERM)
        return await process.waitForEnd()
    }

    /// Ends the host as a power cut would.
    func crash() async {
        process.kill(SIGKILL)
        await process.waitForEnd()
    }

    deinit { process.kill(SIGKILL) }
}

/// A response with its whole body.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: String

    /// Reads the body to its end.
    init(_ response: OutboundResponse) async throws {
        status = response.status.rawValue
        headers = response.headers
        body = String(decoding: try await response.body.collect(upTo: 64 << 20), as: UTF8.self)
    }

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.utf8))
    }
}

/// Runs `postern` with these words and waits for its end.
func runPostern(
    _ arguments: [String],
    settings: [String: String] = [:]
) async throws -> (ending: ChildProcess.Ending, output: String, errors: String) {
    let process = try ChildProcess(
        Workplace.postern,
        arguments,
        environment: RunningHost.environment.merging(settings) { $1 }
    )
    let ending = await process.waitForEnd()
    return (ending, process.output, process.errors)
}
