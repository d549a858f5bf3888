import FoundationEssentials
import FunctionHost
import FunctionKit
import HTTPClient

/// `postern run`: fires a function on the running host through its admin API, and waits for the outcome.
enum RunCommand {
    private static let grammar = Arguments.Grammar(
        options: ["input", "tenant", "app", "data", "port", "address"],
        flags: ["json"],
        words: 1...1
    )

    /// The longest wait for a run: 31 min, a little more than the default `functionTimeout`.
    private static let waitMax = Duration.seconds(31 * 60)

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        let name = arguments.words[0]
        let location = try AppLocation(arguments)
        let port = try arguments.number("port", in: 1...65_535, default: 7071)
        let url =
            "http://\(arguments["address"] ?? "127.0.0.1"):\(port)/admin/functions/\(percentEncoded(name))?wait=true"
        let body = try JSONEncoder().encode(
            Request(input: arguments["input"] ?? "", tenant: arguments["tenant"])
        )
        let key = try await masterKey(in: location.dataFolder)
        let request = OutboundRequest(
            method: .post,
            url: url,
            headers: ["x-functions-key": key, "Content-Type": "application/json"],
            body: HTTPBody(Array(body)),
            firstByteTimeout: waitMax,
            totalTimeout: waitMax
        )
        return try await send(request, name: name, port: port, json: arguments.has("json"))
    }

    /// What the admin API answers when it was asked to wait.
    private struct Outcome: Decodable {
        struct Response: Decodable {
            var status: Int
            var body: String?
        }
        var function: String
        var invocationID: String
        var status: String
        var durationMilliseconds: Int64
        var error: String?
        var response: Response?

        private enum CodingKeys: String, CodingKey {
            case function
            case invocationID = "invocation_id"
            case status
            case durationMilliseconds = "duration_ms"
            case error
            case response
        }
    }

    private struct Request: Encodable {
        var input: String
        var tenant: String?
    }

    private static func send(_ request: OutboundRequest, name: String, port: Int, json: Bool) async throws -> Int32 {
        let client = CurlHTTPClient()
        let response: OutboundResponse
        let body: [UInt8]
        do {
            response = try await client.send(request)
            body = try await response.body.collect(upTo: request.responseBytesMax)
        } catch {
            throw CommandFailure(
                ExitCode.unavailable,
                "No host answers on port \(port). \(error) Start one with 'postern start'."
            )
        }
        switch response.status {
        case .ok: return try report(body, json: json)
        case .notFound: throw CommandFailure(ExitCode.dataError, "The host has no function '\(name)'.")
        case .unauthorized, .forbidden:
            throw CommandFailure(
                ExitCode.configuration,
                "The host on port \(port) does not take the key of this data folder. Pass the folder it runs on as --data."
            )
        default:
            throw CommandFailure(
                ExitCode.unavailable,
                "The host answered \(response.status.rawValue): \(String(decoding: body, as: UTF8.self))"
            )
        }
    }

    private static func report(_ body: [UInt8], json: Bool) throws -> Int32 {
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(body))
        if json {
            print(String(decoding: body, as: UTF8.self))
        } else {
            print(
                "\(outcome.function) \(outcome.status) after \(outcome.durationMilliseconds) ms (\(outcome.invocationID))"
            )
            if let response = outcome.response {
                print("\(response.status) \(response.body ?? "")")
            }
            if let error = outcome.error { printError(error) }
        }
        return outcome.status == "succeeded" ? ExitCode.success : ExitCode.failure
    }
}
