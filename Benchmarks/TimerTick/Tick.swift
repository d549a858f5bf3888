public import FunctionKit
import Glibc

/// Notes how late it runs. Ten thousand functions of an app can be this type; they share its library and its notes.
public struct Tick: TimerFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Compares the wall clock with the occurrence that is served.
    public func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        // A schedule without a status fires at whole seconds.
        let due = timer.status?.next ?? Timestamp(seconds: Int64(time.tv_sec))
        let late = (Double(time.tv_sec) - Double(due.seconds)) * 1000 + Double(time.tv_nsec) / 1_000_000
        Latenesses.shared.withLock { $0.append(late) }
    }
}

/// The notes of every ``Tick`` so far, in milliseconds.
enum Latenesses {
    static let shared = LockedState<[Double]>([])
}

/// Answers with the notes, one on a line, and forgets them.
public struct Notes: HTTPFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Answers every request alike.
    public func respond(to request: HTTPRequest, context: InvocationContext) -> HTTPResponse {
        let latenesses = Latenesses.shared.withLock { latenesses in
            defer { latenesses = [] }
            return latenesses
        }
        return .text(latenesses.map { "\($0)\n" }.joined())
    }
}
