import FunctionKit

/// Asks whether servers answer, all at once, and remembers what they said.
///
/// Any HTTP answer counts, a 404 too: it proves name, network and TLS. What it does not prove is that a key is right.
actor ReachabilityProbe {
    /// How long an answer is remembered.
    static let rememberedFor: Duration = .seconds(30)
    /// How long a server may take.
    static let timeout: Duration = .seconds(3)

    /// What is known of the servers at one moment.
    struct Answers: Sendable {
        var checkedAt: Timestamp
        /// Whether a URL answers.
        var isReachable: [String: Bool]
    }

    private let http: any HTTPClient
    private let clock: any AppClock
    private var known: (answers: Answers, uptime: Duration)?
    private var running: Task<Answers, Never>?

    init(http: any HTTPClient, clock: any AppClock) {
        self.http = http
        self.clock = clock
    }

    /// What the servers answer now, or answered at most ``rememberedFor`` ago. However many ask at once, each server is
    /// asked once.
    func answers(of urls: [String]) async -> Answers {
        if let known, clock.uptime - known.uptime < Self.rememberedFor { return known.answers }
        if let running { return await running.value }
        // Unstructured, because several callers wait for the same check and one that goes away must not end it for the rest.
        let check = Task { await self.check(urls) }
        running = check
        let answers = await check.value
        known = (answers, clock.uptime)
        running = nil
        return answers
    }

    private func check(_ urls: [String]) async -> Answers {
        let http = http
        let results = await withTaskGroup(of: (String, Bool).self) { group in
            for url in Set(urls) { group.addTask { (url, await Self.isReachable(url, http)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return Answers(checkedAt: clock.now, isReachable: results)
    }

    private static func isReachable(_ url: String, _ http: any HTTPClient) async -> Bool {
        let request = OutboundRequest(
            method: .head,
            url: url,
            firstByteTimeout: timeout,
            totalTimeout: timeout,
            responseBytesMax: 1 << 20
        )
        return (try? await http.send(request)) != nil
    }
}
