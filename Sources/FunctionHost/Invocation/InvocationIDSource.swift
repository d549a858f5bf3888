package import FunctionKit
import Synchronization

/// Makes invocation ids without a system call for each: a counter, mixed with a secret start (SplitMix64).
///
/// The ids are unique within the process and unlikely to meet those of another; they are names, never secrets.
package final class InvocationIDSource: Sendable {
    private let counter: Atomic<UInt64>
    private let salt: UInt64

    /// Makes a source whose start comes from `random`.
    package init(random: any RandomSource) {
        counter = Atomic(random.next())
        salt = random.next()
    }

    /// A new id.
    package func next() -> InvocationID {
        let count = counter.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        return InvocationID(high: Self.mix(count), low: Self.mix(count ^ salt))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
