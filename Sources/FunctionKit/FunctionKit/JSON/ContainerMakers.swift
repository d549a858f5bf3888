import Synchronization

/// The ``ContainerMaker`` of each type of key that the process has met; they stay, as the types' metadata does.
struct ContainerMakers: ~Copyable, Sendable {
    /// How many types have one; the containers of others are made without.
    private static var capacity: Int { 256 }
    /// How many places a type may have.
    private static var probes: Int { 4 }

    /// Each zero, or the address of a maker that is never released and whose properties never change.
    private let slots = InlineArray<256, Atomic<UInt>> { _ in Atomic(0) }

    static let decoding = ContainerMakers()
    static let encoding = ContainerMakers()

    /// The maker for a type of key; nil if there is no room for one.
    @inline(__always)
    func maker(for key: KeyConformance, _ make: () -> AnyContainerMaker) -> AnyContainerMaker? {
        let first = Self.slot(key)
        if let known = self[first], known.key == key { return known }
        return search(key, from: first, make)
    }

    @inline(never)
    private func search(_ key: KeyConformance, from first: Int, _ make: () -> AnyContainerMaker) -> AnyContainerMaker? {
        for probe in 0..<Self.probes {
            let slot = (first + probe) % Self.capacity
            if self[slot] == nil { publish(make(), in: slot) }
            if let known = self[slot], known.key == key { return known }
        }
        return nil
    }

    private subscript(_ slot: Int) -> AnyContainerMaker? {
        @inline(__always) get {
            guard let address = UnsafeRawPointer(bitPattern: slots[slot].load(ordering: .acquiring)) else { return nil }
            return Unmanaged<AnyContainerMaker>.fromOpaque(address).takeUnretainedValue()
        }
    }

    /// Puts a maker into a slot, unless another thread was first.
    private func publish(_ maker: AnyContainerMaker, in slot: Int) {
        let maker = Unmanaged.passRetained(maker)
        let address = UInt(bitPattern: maker.toOpaque())
        let (isFirst, _) = slots[slot].compareExchange(expected: 0, desired: address, ordering: .releasing)
        if !isFirst { maker.release() }
    }

    /// The first place of a type of key, by eight bits of its hash.
    @inline(__always)
    private static func slot(_ key: KeyConformance) -> Int { Int(key.hash >> 56) }
}
