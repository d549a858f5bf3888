import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern run`: fires a function on the running host through its admin API, and waits for the outcome.
enum RunCommand {
    private static let grammar = Arguments.Grammar(
        options: AdminClient.options.union(["input", "tenant"]),
        flags: ["json"],
        words: 1...1
    )

    /// The longest wait for a run: 31 min, a little more than the default `functionTimeout`.
    private static let waitMax = Duration.seconds(31 * 60)

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
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
