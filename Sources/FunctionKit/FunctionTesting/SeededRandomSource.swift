public import FunctionKit

/// Random numbers that a seed repeats (SplitMix64); for tests only.
public final class SeededRandomSource: RandomSource {
    private let state: LockedState<UInt64>

    /// Makes a source; the same seed gives the same numbers.
    public init(seed: UInt64 = 1) { state = LockedState(seed) }

    /// The next 64 bits of the sequence.
    public func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
