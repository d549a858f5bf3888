import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern run`: fires a function on the running host through its admin API, and waits for the outcome.
enum RunCommand {
    static let command = Command(
        "run",
        "Fire a function by hand on the running host",
        details: """
            Fire a function by hand on the running host, wait for it and print how it ended.
            Exits with 0 only if it succeeded. The key comes from the data folder.
            """,
        words: [.init(name: "NAME", completion: .functions)],
        options: [
            .init(
                name: "input",
                value: "TEXT",
                summary: "A queue message's text, or an HTTP request's body; a timer ignores it"
            ),
            .init(name: "tenant", value: "SLUG", summary: "The tenant that a queue message belongs to"),
        ] + AdminClient.options + [.init(name: "json", summary: "Print the outcome as JSON")],
        run: run
    )

    /// The longest wait for a run: 31 min, a little more than the default `functionTimeout`.
    private static let waitMax = Duration.seconds(31 * 60)

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        let name = arguments.words[0]
        let body = try JSONEncoder().encode(
            Request(input: arguments["input"] ?? "", tenant: arguments["tenant"])
        )
        let (status, answer) = try await AdminClient(arguments).send(
            .post,
            "functions/\(percentEncoded(name))?wait=true",
            body: Array(body),
            wait: waitMax
        )
        switch status {
        case .ok: return try report(answer, json: arguments.has("json"))
        case .notFound: throw CommandFailure(ExitCode.dataError, "The host has no function '\(name)'.")
        default: throw AdminClient.failure(status, answer)
        }
    }

    private struct Request: Encodable {
        var input: String
        var tenant: String?
    }

    private static func report(_ body: [UInt8], json: Bool) throws -> Int32 {
        let outcome = try JSONDecoder().decode(ManualRunOutcome.self, from: Data(body))
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
        return outcome.succeeded ? ExitCode.success : ExitCode.failure
    }
}
