public import FunctionKit
import Synchronization

/// Streams `?count=` events, then stays silent until the client goes; tells how many clients have gone.
public final class HelloEvents: HTTPFunction {
    /// The most events that one request may ask for.
    static let countMax = 1000

    private let clock: any AppClock
    private let cancelled = Atomic<Int>(0)

    /// Keeps the clock that measures the silence.
    public init(app: AppContext) { clock = app.clock }

    /// Answers with events behind `Last-Event-ID`; `?cancelled` asks how many streams were cancelled.
    public func respond(to request: HTTPRequest, context: InvocationContext) throws -> HTTPResponse {
        if request.queryValue("cancelled") != nil { return .text("\(cancelled.load(ordering: .relaxed))") }
        guard let count = Int(request.queryValue("count") ?? "3"), (0...Self.countMax).contains(count),
            let heartbeat = Int(request.queryValue("heartbeat") ?? "15000"), heartbeat > 0
        else {
            throw HTTPError(.badRequest, code: "invalid_count", message: "'count' or 'heartbeat' is no such number.")
        }
        let first = (request.lastEventID.flatMap { Int($0) } ?? 0) + 1
        let next = LockedState(first)
        return .events(clock: clock, heartbeat: .milliseconds(heartbeat)) { [self] in
            let number = next.withLock { number in
                defer { number += 1 }
                return number
            }
            if number < first + count { return try ServerSentEvent(data: "event\n\(number)", id: "\(number)") }
            do {
                try await clock.sleep(for: .seconds(86_400))
            } catch {
                cancelled.add(1, ordering: .relaxed)
            }
            return nil
        }
    }
}
