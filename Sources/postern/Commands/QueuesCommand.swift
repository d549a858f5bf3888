import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern queues`: shows what waits in the queues of the running host, sends messages and removes them.
enum QueuesCommand {
    static let command = Command(
        "queues",
        "Show what waits in the queues of the running host, send messages and remove them",
        details: """
            Show what waits in the queues of the running host, send messages, also those again that could not be delivered, and
            remove them.
            The key comes from the data folder.
            """,
        actions: [
            .init(
                name: "list",
                usage: "[--tenant T]",
                summary: "Count the messages of each tenant's queues, up to 1000 of a kind"
            ),
            .init(
                name: "messages",
                words: [.init(name: "QUEUE")],
                usage: "--tenant T",
                summary: "List messages; those that could not be delivered are in QUEUE-poison"
            ),
            .init(
                name: "retry",
                words: [.init(name: "QUEUE-poison"), .init(name: "ID")],
                usage: "--tenant T",
                summary: "Put a message back into the queue it came from, with no delivery counted"
            ),
            .init(
                name: "send",
                words: [.init(name: "QUEUE"), .init(name: "TEXT")],
                usage: "--tenant T\n[--delay S] [--ttl S] [--encoding base64]",
                summary: "Put a message into a queue, as it stands or as what a base64 text encodes"
            ),
            .init(
                name: "delete",
                words: [.init(name: "QUEUE"), .init(name: "ID")],
                usage: "--tenant T",
                summary: "Remove a message"
            ),
            .init(
                name: "purge",
                words: [.init(name: "QUEUE")],
                usage: "--tenant T --confirm QUEUE",
                summary: "Remove all messages of a queue"
            ),
        ],
        options: [
            .init(name: "tenant", value: "T", summary: "The tenant whose messages are meant"),
            .init(name: "limit", value: "N", summary: "How many tenants or messages to list (100)"),
            .init(name: "cursor", value: "TEXT", summary: "Where the list goes on"),
            .init(name: "delay", value: "S", summary: "After how many seconds a message may be delivered (0)"),
            .init(name: "ttl", value: "S", summary: "After how many seconds it is dropped undelivered (never)"),
            .init(name: "encoding", value: "E", summary: "What TEXT is: none or base64 (none)"),
            .init(name: "confirm", value: "QUEUE", summary: "The queue's name once more, to empty it"),
        ] + AdminClient.options + [.init(name: "json", summary: "Print the answer as JSON, payloads included")],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        switch arguments.words[0] {
        case "messages": try await messages(arguments)
        case "retry": try await retry(arguments)
        case "send": try await send(arguments)
        case "delete": try await delete(arguments)
        case "purge": try await purge(arguments)
        default: try await list(arguments)
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

    static func get(_ path: String, _ arguments: Arguments) async throws -> [UInt8] {
        let query = query(arguments, ["tenant", "limit", "cursor"])
        let (status, body) = try await AdminClient(arguments).send(.get, path + query)
        guard status == .ok else { throw AdminClient.failure(status, body) }
        return body
    }

    static func query(_ arguments: Arguments, _ names: [String]) -> String {
        let pairs = names.compactMap { name in arguments[name].map { "\(name)=\(percentEncoded($0))" } }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    static func requireTenant(_ arguments: Arguments) throws {
        guard arguments["tenant"] != nil else { throw UsageError("The option '--tenant' is missing.") }
    }

    static func printJSON(_ body: [UInt8]) -> Int32 {
        print(String(decoding: body, as: UTF8.self))
        return ExitCode.success
    }
}
