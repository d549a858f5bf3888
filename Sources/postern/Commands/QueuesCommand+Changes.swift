import FoundationEssentials
import FunctionKit

/// What `postern queues` changes.
extension QueuesCommand {
    static func send(_ arguments: Arguments) async throws -> Int32 {
        struct Answer: Decodable {
            var id: String
            var queue: String
        }
        let body = try await change(
            .post,
            "queues/\(percentEncoded(arguments.words[1]))/messages",
            arguments,
            ["tenant", "delay", "ttl", "encoding"],
            body: Array(arguments.words[2].utf8)
        )
        if arguments.has("json") { return printJSON(body) }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(body))
        print("Message '\(answer.id)' is in '\(answer.queue)'.")
        return ExitCode.success
    }

    static func delete(_ arguments: Arguments) async throws -> Int32 {
        let path =
            "queues/\(percentEncoded(arguments.words[1]))/messages/\(percentEncoded(arguments.words[2]))"
        _ = try await change(.delete, path, arguments, ["tenant"])
        print("Message '\(arguments.words[2])' is gone.")
        return ExitCode.success
    }

    static func purge(_ arguments: Arguments) async throws -> Int32 {
        struct Answer: Decodable {
            var removed: Int
        }
        guard arguments["confirm"] != nil else {
            throw UsageError("All messages would be removed for good. Confirm it: --confirm \(arguments.words[1]).")
        }
        let body = try await change(
            .delete,
            "queues/\(percentEncoded(arguments.words[1]))/messages",
            arguments,
            ["tenant", "confirm"]
        )
        if arguments.has("json") { return printJSON(body) }
        let count = try JSONDecoder().decode(Answer.self, from: Data(body)).removed
        print("\(count) message\(count == 1 ? "" : "s") removed.")
        return ExitCode.success
    }

    private static func change(
        _ method: HTTPMethod,
        _ path: String,
        _ arguments: Arguments,
        _ names: [String],
        body: [UInt8] = []
    ) async throws -> [UInt8] {
        try requireTenant(arguments)
        let (status, body) = try await AdminClient(arguments)
            .send(method, path + query(arguments, names), body: body)
        guard (200..<300).contains(status.rawValue) else { throw AdminClient.failure(status, body) }
        return body
    }
}
