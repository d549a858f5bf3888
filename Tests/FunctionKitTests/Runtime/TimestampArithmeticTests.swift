import FunctionKit
import Testing

/// Arithmetic at the ends of time: input can hold any number, and none may stop the process.
struct TimestampArithmeticTests {
    @Test(
        arguments: [
            (0, 0), (1, 0), (999, 0), (1000, 1), (1999, 1), (-1, -1), (-999, -1), (-1000, -1), (-1001, -2),
            (.max, 9_223_372_036_854_775), (.min, -9_223_372_036_854_776),
        ] as [(Int64, Int64)]
    )
    func secondsAreRoundedDown(milliseconds: Int64, seconds: Int64) {
        #expect(Timestamp(milliseconds: milliseconds).seconds == seconds)
    }

    @Test(
        arguments: [
            (0, 0), (1, 1000), (-1, -1000), (9_223_372_036_854_775, 9_223_372_036_854_775_000),
            (9_223_372_036_854_776, .max), (-9_223_372_036_854_776, .min), (.max, .max), (.min, .min),
        ] as [(Int64, Int64)]
    )
    func secondsBeyondTheRangeBecomeItsBounds(seconds: Int64, milliseconds: Int64) {
        #expect(Timestamp(seconds: seconds).milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            (0, .zero, 0),
            (5, .milliseconds(7), 12),
            (5, .milliseconds(-7), -2),
            (5, .microseconds(1999), 6),
            (5, .microseconds(-1999), 4),
            (.max, .milliseconds(1), .max),
            (.max, .milliseconds(-1), .max - 1),
            (.min, .milliseconds(-1), .min),
            (.min, .milliseconds(1), .min + 1),
            (0, .seconds(Int64.max), .max),
            (0, .seconds(Int64.min), .min),
            (.max, .seconds(Int64.min), -1),
            (.min, .seconds(Int64.max), -1),
        ] as [(Int64, Duration, Int64)]
    )
    func aDurationIsAdded(milliseconds: Int64, duration: Duration, expected: Int64) {
        #expect((Timestamp(milliseconds: milliseconds) + duration).milliseconds == expected)
    }

    @Test(
        arguments: [
            (5, .milliseconds(7), -2),
            (5, .milliseconds(-7), 12),
            (.min, .milliseconds(1), .min),
            (.max, .milliseconds(-1), .max),
            (-2, .seconds(Int64.max), .min),
            (-1, .seconds(Int64.min), .max),
            (0, .seconds(Int64.min), .max),
        ] as [(Int64, Duration, Int64)]
    )
    func aDurationIsTakenAway(milliseconds: Int64, duration: Duration, expected: Int64) {
        #expect((Timestamp(milliseconds: milliseconds) - duration).milliseconds == expected)
    }

    @Test func theTimeBetweenAnyTwoMomentsFits() {
        let first = Timestamp(milliseconds: .min)
        let last = Timestamp(milliseconds: .max)
        #expect(last - first == .milliseconds(Int64.max) + .milliseconds(Int64.max) + .milliseconds(1))
        #expect(first - last == .zero - (last - first))
        #expect(first - first == .zero)
        #expect(Timestamp(milliseconds: 250) - Timestamp(milliseconds: 1250) == .seconds(-1))
    }

    @Test(
        arguments: [
            (.zero, 0), (.microseconds(1), 0), (.microseconds(-1), 0), (.microseconds(1999), 1),
            (.microseconds(-1999), -1),
            (.milliseconds(1500), 1500), (.milliseconds(-1500), -1500), (.seconds(Int64.max), .max),
            (.seconds(Int64.min), .min),
            (.milliseconds(Int64.max), .max), (.milliseconds(Int64.min), .min),
        ] as [(Duration, Int64)]
    )
    func aDurationHasWholeMilliseconds(duration: Duration, milliseconds: Int64) {
        #expect(duration.wholeMilliseconds == milliseconds)
    }
}
