internal import Glibc

/// Randomness as a capability: the host passes the system's, a test one with a seed.
public protocol RandomSource: Sendable {
    /// 64 random bits.
    func next() -> UInt64
}

extension RandomSource {
    /// `count` random bytes; none for zero or less.
    public func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        guard count > 0 else { return result }
        result.reserveCapacity(count + 7)
        while result.count < count {
            withUnsafeBytes(of: next()) { result.append(contentsOf: $0) }
        }
        result.removeLast(result.count - count)
        return result
    }

    /// A number from 0 up to but not including 1, for jitter.
    public func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// The operating system's random numbers, fit for secrets (`getrandom(2)`).
public struct SystemRandomSource: RandomSource {
    /// Makes the source; it holds no state.
    public init() {}

    /// 64 random bits.
    public func next() -> UInt64 { pool.withLock { $0.next() } }
}

/// Random numbers of the system for the whole process, which every id takes two of.
private let pool = LockedState(RandomPool())

/// Fetches random numbers in the largest piece that one call never cuts short, since a call costs as much as the rest of an id.
private struct RandomPool {
    private static let fetchedNumbers = 32

    private var numbers = [UInt64](repeating: 0, count: fetchedNumbers)
    private var count = 0

    mutating func next() -> UInt64 {
        if count == 0 { fetch() }
        count -= 1
        // Nobody can find out later what was handed out.
        defer { numbers[count] = 0 }
        return numbers[count]
    }

    private mutating func fetch() {
        let result = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        precondition(result == 0, "The system gives no random numbers (errno \(errno)).")
        count = Self.fetchedNumbers
    }
}

/// Makes ids that sort by the time of their making: UUID version 7 (RFC 9562, section 5.7).
public struct IdentifierSource: Sendable {
    private let clock: any AppClock
    private let random: any RandomSource

    /// Makes ids from this clock and this randomness.
    public init(clock: any AppClock, random: any RandomSource) {
        self.clock = clock
        self.random = random
    }

    /// A new id: 48 bits of milliseconds, then 74 random bits. Ids of one millisecond sort by chance.
    public func next() -> String {
        // 48 bits reach from 1970 to the year 10889; a clock outside shows the nearest moment, so that order is kept.
        let milliseconds = UInt64(min(max(clock.now.milliseconds, 0), 0xFFFF_FFFF_FFFF))
        let high = milliseconds << 16 | 0x7000 | (random.next() & 0xFFF)
        let low = (random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return uuidText(high: high, low: low)
    }
}
