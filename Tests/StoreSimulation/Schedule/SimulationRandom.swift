/// Random numbers that a seed repeats (SplitMix64). Each part of a simulation has a stream of its own, so that a draw more in
/// one part does not change what the others do.
package struct SimulationRandom: Sendable {
    private var state: UInt64

    /// Makes a stream of a seed.
    package init(seed: UInt64, stream: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ stream &* 0xD1B5_4A32_D192_ED03
        _ = next()
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `count` - 1; 0 for a count below 1.
    package mutating func below(_ count: Int) -> Int {
        count > 0 ? Int(next() >> 1) % count : 0
    }

    /// True in `perMille` of 1000 cases.
    package mutating func chance(_ perMille: Int) -> Bool { below(1000) < perMille }

    /// A number of a range.
    package mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// One of several.
    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
