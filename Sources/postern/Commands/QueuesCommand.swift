import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern queues`: shows what waits in the queues of the running host, and sends poison messages again.
enum QueuesCommand {
    private static let grammar = Arguments.Grammar(
        options: AdminClient.options.union(["tenant", "limit", "cursor"]),
        flags: ["json"],
        words: 1...3
    )

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        switch (arguments.words[0], arguments.words.count) {
        case ("list", 1): return try await list(arguments)
        case ("messages", 2): return try await messages(arguments)
        case ("retry", 3): return try await retry(arguments)
        case ("list", _), ("messages", _), ("retry", _):
            throw UsageError("'\(arguments.words[0])' has too few or too many arguments.")
        default: throw UsageError("'\(arguments.words[0])' is not an action of 'queues'.")
        }
    }

    private static func list(_ arguments: Arguments) async throws -> Int32 {
        struct Overview: Decodable {
            struct Problem: Decodable {
                var tenant: String
                var reason: String
            }
            var queues: [QueueCounts]
            var problems: [Problem]
            var next_cursor: String?
        }
        let body = try await get("queues", arguments)
        if arguments.has("json") { return printJSON(body) }
        let overview = try JSONDecoder().decode(Overview.self, from: Data(body))
        print("TENANT\tQUEUE\tWAITING\tINVISIBLE\tPOISON")
        for queue in overview.queues {
            print("\(queue.tenant)\t\(queue.queue)\t\(queue.waiting)\t\(queue.invisible)\t\(queue.poison)")
        }
        for problem in overview.problems { printError("\(problem.tenant): \(problem.reason)") }
        if let cursor = overview.next_cursor { printError("More follow: --cursor \(cursor)") }
        return overview.problems.isEmpty ? ExitCode.success : ExitCode.unavailable
    }

    private static func messages(_ arguments: Arguments) async throws -> Int32 {
        struct Message: Decodable {
            var id: String
            var dequeue_count: Int?
            var inserted_at: String
            var last_error: String?
        }
        struct Messages: Decodable {
            var messages: [Message]
            var next_cursor: String?
        }
        try requireTenant(arguments)
        let body = try await get("queues/\(percentEncoded(arguments.words[1]))/messages", arguments)
        if arguments.has("json") { return printJSON(body) }
        let page = try JSONDecoder().decode(Messages.self, from: Data(body))
        print("ID\tDELIVERIES\tINSERTED\tLAST ERROR")
        for message in page.messages {
            // One line a message, whatever its error says.
            let error = (message.last_error ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
            let count = message.dequeue_count.map(String.init) ?? "-"
            print("\(message.id)\t\(count)\t\(message.inserted_at)\t\(error)")
        }
        if let cursor = page.next_cursor { printError("More follow: --cursor \(cursor)") }
        return ExitCode.success
    }

    private static func retry(_ arguments: Arguments) async throws -> Int32 {
        struct Answer: Decodable {
            var id: String
            var queue: String
        }
        try requireTenant(arguments)
        let path =
            "queues/\(percentEncoded(arguments.words[1]))/messages/\(percentEncoded(arguments.words[2]))/retry"
            + query(arguments, ["tenant"])
        let (status, body) = try await AdminClient(arguments).send(.post, path)
        guard status == .ok else { throw AdminClient.failure(status, body) }
        if arguments.has("json") { return printJSON(body) }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(body))
        print("Message '\(answer.id)' is in '\(answer.queue)' again.")
        return ExitCode.success
    }

    private static func get(_ path: String, _ arguments: Arguments) async throws -> [UInt8] {
        let query = query(arguments, ["tenant", "limit", "cursor"])
        let (status, body) = try await AdminClient(arguments).send(.get, path + query)
        guard status == .ok else { throw AdminClient.failure(status, body) }
        return body
    }

    private static func query(_ arguments: Arguments, _ names: [String]) -> String {
        let pairs = names.compactMap { name in arguments[name].map { "\(name)=\(percentEncoded($0))" } }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    private static func requireTenant(_ arguments: Arguments) throws {
        guard arguments["tenant"] != nil else { throw UsageError("The option '--tenant' is missing.") }
    }

    private static func printJSON(_ body: [UInt8]) -> Int32 {
        print(String(decoding: body, as: UTF8.self))
        return ExitCode.success
    }
}
