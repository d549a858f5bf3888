import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Who runs, who waits and who is refused.
struct RequestThrottleTests {
    enum Step: Sendable {
        /// A request arrives, and what becomes of it.
        case arrive(UInt64, RequestThrottle.Decision)
        /// A running request ends, and who runs in its place.
        case leave(UInt64?)
        /// A waiting request is given up; whether it waited.
        case cancel(UInt64, Bool)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var running: Int?
        var outstanding: Int?
        var steps: [Step]
        /// How many run and wait in the end.
        var counts: [Int]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(
            name: "no limits",
            steps: [.arrive(1, .admit), .arrive(2, .admit), .leave(nil), .leave(nil)],
            counts: [0, 0]
        ),
        Row(
            name: "in order of arrival",
            running: 1,
            steps: [
                .arrive(1, .admit), .arrive(2, .wait), .arrive(3, .wait), .leave(2), .arrive(4, .wait), .leave(3),
                .leave(4),
            ],
            counts: [1, 0]
        ),
        Row(
            name: "running and waiting together are outstanding",
            running: 2,
            outstanding: 3,
            steps: [
                .arrive(1, .admit), .arrive(2, .admit), .arrive(3, .wait), .arrive(4, .refuse), .leave(3),
                .arrive(5, .wait),
            ],
            counts: [2, 1]
        ),
        Row(
            name: "outstanding alone never makes anybody wait",
            outstanding: 2,
            steps: [.arrive(1, .admit), .arrive(2, .admit), .arrive(3, .refuse), .leave(nil), .arrive(4, .admit)],
            counts: [2, 0]
        ),
        Row(
            name: "fewer outstanding than running",
            running: 5,
            outstanding: 1,
            steps: [.arrive(1, .admit), .arrive(2, .refuse), .leave(nil), .arrive(3, .admit)],
            counts: [1, 0]
        ),
        Row(
            name: "a cancelled waiter frees its place",
            running: 1,
            outstanding: 2,
            steps: [
                .arrive(1, .admit), .arrive(2, .wait), .arrive(3, .refuse), .cancel(2, true), .arrive(4, .wait),
                .leave(4),
            ],
            counts: [1, 0]
        ),
        Row(
            name: "only who waits can be cancelled, and once",
            running: 1,
            steps: [
                .arrive(1, .admit), .cancel(1, false), .arrive(2, .wait), .cancel(2, true), .cancel(2, false),
                .leave(nil),
            ],
            counts: [0, 0]
        ),
    ]) func oneStepAfterAnother(_ row: Row) {
        var throttle = RequestThrottle(runningMax: row.running, outstandingMax: row.outstanding)
        for step in row.steps {
            switch step {
            case .arrive(let ticket, let decision):
                let actual = throttle.arrive(ticket)
                #expect(actual == decision)
            case .leave(let next):
                let actual = throttle.leave()
                #expect(actual == next)
            case .cancel(let ticket, let waited):
                let actual = throttle.cancel(ticket)
                #expect(actual == waited)
            }
        }
        #expect([throttle.running, throttle.waiting] == row.counts)
    }

    @Test func aLineThatDoesNotMoveKeepsNobodyWhoLeft() {
        var throttle = RequestThrottle(runningMax: 1, outstandingMax: nil)
        let first = [throttle.arrive(0), throttle.arrive(1)]
        #expect(first == [.admit, .wait])
        var odd = 0
        for ticket in UInt64(2)..<100_000 where throttle.arrive(ticket) != .wait || !throttle.cancel(ticket) {
            odd += 1
        }
        #expect(odd == 0)
        #expect(throttle.waiting == 1)
        let next = [throttle.leave(), throttle.leave()]
        #expect(next == [1, nil])
    }

    @Test(arguments: 0..<20) func itAgreesWithASlowModel(seed: Int) {
        let random = SeededRandomSource(seed: UInt64(seed))
        let (runningMax, outstandingMax) = (1 + Int(random.next() % 3), 1 + Int(random.next() % 6))
        var throttle = RequestThrottle(runningMax: runningMax, outstandingMax: outstandingMax)
        var (running, line) = (0, [UInt64]())
        for ticket in UInt64(0)..<2000 {
            switch random.next() % 3 {
            case 0 where running > 0:
                let next = line.isEmpty ? nil : line.removeFirst()
                if next == nil { running -= 1 }
                let actual = throttle.leave()
                #expect(actual == next)
            case 1 where !line.isEmpty:
                let place = Int(random.next() % UInt64(line.count))
                let waited = throttle.cancel(line.remove(at: place))
                #expect(waited)
            default:
                let expected: RequestThrottle.Decision =
                    running + line.count >= outstandingMax ? .refuse : running >= runningMax ? .wait : .admit
                if expected == .admit { running += 1 }
                if expected == .wait { line.append(ticket) }
                let actual = throttle.arrive(ticket)
                #expect(actual == expected)
            }
            #expect([throttle.running, throttle.waiting] == [running, line.count])
        }
    }
}
