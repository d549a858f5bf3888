package import FunctionKit

/// How a product misbehaves until it is told otherwise.
package struct Fault: Codable, Sendable, Equatable {
    /// What it does.
    package enum Mode: String, Codable, Sendable, CaseIterable {
        /// Answers 503 to everything.
        case down
        /// Waits before it answers.
        case slow
        /// Answers 429 with `Retry-After`.
        case tooMany = "429"
        /// Answers 500.
        case failing = "500"
        /// Answers 200 with a page instead of JSON.
        case html
        /// Does what it was asked and breaks the connection in the middle of the answer.
        case half
    }

    /// What it does.
    package var mode: Mode
    /// The seconds to wait, of `slow` (default 15), or to tell, of `429` (default 1).
    package var seconds: Int?
    /// How many more calls it spoils; nil for all.
    package var times: Int?

    /// The longest wait that can be asked for.
    package static let secondsMax = 120

    /// Makes a fault.
    package init(mode: Mode, seconds: Int? = nil, times: Int? = nil) {
        self.mode = mode
        self.seconds = seconds
        self.times = times
    }

    var isHalf: Bool { mode == .half }

    /// The answer in place of the real one; nil when the product goes on to do its work.
    func instead(clock: any AppClock) async throws -> HTTPResponse? {
        switch mode {
        case .down:
            return HTTPResponse.text("The sandbox plays dead.\n", status: .serviceUnavailable)
        case .slow:
            try await clock.sleep(for: .seconds(seconds ?? 15))
            return nil
        case .tooMany:
            var response = HTTPError(.tooManyRequests, code: "slow_down", message: "Too many calls.").response
            response.headers["Retry-After"] = "\(seconds ?? 1)"
            return response
        case .failing:
            return HTTPError(.internalServerError, code: "broken", message: "Something broke.").response
        case .html:
            return .html("<!doctype html><title>Maintenance</title><p>We are back soon.</p>\n")
        case .half:
            return nil
        }
    }

    /// The first half of a response, under a length that promises all of it; then the connection breaks.
    static func cutShort(_ response: HTTPResponse) async throws -> HTTPResponse {
        struct Broken: Error {}
        let bytes = try await response.body.collect()
        let (chunks, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
        continuation.yield(Array(bytes.prefix(bytes.count / 2)))
        continuation.finish(throwing: Broken())
        var result = response
        result.body = HTTPBody(length: bytes.count, chunks: chunks)
        return result
    }
}

extension CollectionDefinition where Document == Fault {
    /// The faults in force; ids are the products' names.
    package static var faults: CollectionDefinition<Fault> { CollectionDefinition("faults") }
}

extension Sandbox {
    /// The fault that the next call meets; one with a number of times is used up by this.
    func takeFault(of peer: Peer) async throws -> Fault? {
        let faults = store.collection(.faults)
        guard let fault = try await faults.get(peer.rawValue)?.value else { return nil }
        guard fault.times != nil else { return fault }
        return try await store.transaction { transaction in
            guard let stored = try await transaction.get(peer.rawValue, from: .faults) else { return nil }
            guard let times = stored.times else { return stored.value }
            if times > 1 {
                var rest = stored.value
                rest.times = times - 1
                try transaction.replace(stored, with: rest, in: .faults)
            } else {
                try transaction.delete(stored.id, from: .faults)
            }
            return stored.value
        }
    }

    /// Sets or, with nil, ends the fault of a product.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 for a time or a number that is out of bounds.
    package func setFault(_ fault: Fault?, of peer: Peer) async throws {
        guard let fault else { return try await store.collection(.faults).delete(peer.rawValue) }
        guard (0...Fault.secondsMax).contains(fault.seconds ?? 0), (1...1_000_000).contains(fault.times ?? 1) else {
            throw HTTPError.invalid("'seconds' must be 0 to \(Fault.secondsMax) and 'times' 1 to 1000000.")
        }
        try await store.collection(.faults).upsert(fault, id: peer.rawValue)
    }

    /// The faults in force.
    package func faults() async throws -> [String: Fault] {
        var result: [String: Fault] = [:]
        try await store.collection(.faults).forEach { result[$0.id] = $0.value }
        return result
    }
}
