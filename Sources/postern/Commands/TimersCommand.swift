import FoundationEssentials
import FunctionHost
import FunctionKit

/// `postern timers`: shows the timers of the running host, and what became of their occurrences.
enum TimersCommand {
    static let command = Command(
        "timers",
        "Show the timers of the running host, and what became of each occurrence",
        details: """
            Show the timers of the running host, and what became of their occurrences: ran, failed, skipped and why,
            caught up. 'postern run NAME' fires one by hand. The key comes from the data folder.
            """,
        actions: [
            .init(name: "list", summary: "Tell of each timer when it is due, and what came last"),
            .init(name: "history", words: [.init(name: "NAME")], summary: "List occurrences, the newest first"),
        ],
        options: [
            .init(name: "limit", value: "N", summary: "How many timers or occurrences to list (100)"),
            .init(name: "cursor", value: "TEXT", summary: "Where the list goes on"),
        ] + AdminClient.options + [.json],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        switch arguments.words[0] {
        case "history": try await history(arguments)
        default: try await list(arguments)
        }
    }

    private static func list(_ arguments: Arguments) async throws -> Int32 {
        let body = try await get("timers", arguments)
        if arguments.has("json") { return printJSON(body) }
        let overview = try JSONDecoder().decode(TimerOverview.self, from: Data(body))
        print("NAME\tSCHEDULE\tSTATE\tNEXT\tLATEST\tOUTCOME\tREASON\tMISSED")
        for timer in overview.timers {
            let next = timer.next.map(\.wholeSecondsText) ?? "-"
            let latest = timer.latest.map { ($0.until ?? $0.at).wholeSecondsText } ?? "-"
            let outcome = timer.latest?.outcome.rawValue ?? "-"
            let reason = timer.latest?.reason.rawValue ?? "-"
            print(
                "\(timer.name)\t\(timer.schedule)\t\(timer.state.rawValue)\t\(next)\t\(latest)\t\(outcome)\t\(reason)\t"
                    + timer.missed.rawValue
            )
        }
        if !overview.lease.isThisHost, let owner = overview.lease.owner {
            printError("The timers are fired by host '\(owner)'; this one stands by.")
        }
        if let cursor = overview.nextCursor { printError("More follow: --cursor \(cursor)") }
        return ExitCode.success
    }

    private static func history(_ arguments: Arguments) async throws -> Int32 {
        let body = try await get("timers/\(percentEncoded(arguments.words[1]))/history", arguments)
        if arguments.has("json") { return printJSON(body) }
        let page = try JSONDecoder().decode(TimerHistoryPage.self, from: Data(body))
        print("AT\tUNTIL\tCOUNT\tOUTCOME\tREASON\tSTARTED\tDURATION\tERROR")
        for entry in page.entries {
            let until = entry.until.map(\.wholeSecondsText) ?? "-"
            let count = "\(entry.count)" + (entry.isAtLeast == true ? "+" : "")
            let started = entry.startedAt.map(\.description) ?? "-"
            let duration = entry.durationMilliseconds.map { "\($0) ms" } ?? "-"
            // One line an entry, whatever its error says.
            let error = (entry.error ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
            print(
                "\(entry.at.wholeSecondsText)\t\(until)\t\(count)\t\(entry.outcome.rawValue)\t\(entry.reason.rawValue)\t"
                    + "\(started)\t\(duration)\t\(error)"
            )
        }
        if let cursor = page.nextCursor { printError("More follow: --cursor \(cursor)") }
        return ExitCode.success
    }

    private static func get(_ path: String, _ arguments: Arguments) async throws -> [UInt8] {
        let pairs = ["limit", "cursor"].compactMap { name in
            arguments[name].map { "\(name)=\(percentEncoded($0))" }
        }
        let query = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        let (status, body) = try await AdminClient(arguments).send(.get, path + query)
        guard status == .ok else { throw AdminClient.failure(status, body) }
        return body
    }

    private static func printJSON(_ body: [UInt8]) -> Int32 {
        print(String(decoding: body, as: UTF8.self))
        return ExitCode.success
    }
}
