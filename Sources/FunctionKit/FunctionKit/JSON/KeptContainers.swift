/// The keyed containers that a coder has made, to be moved to other values when nobody else holds them: mostly, the objects of an array
/// take one after the other.
///
/// They refer to their coder, and so does it to them, from ``begin()`` to ``end()``: who began coding ends it in any case.
struct KeptContainers<Coder: AnyObject> {
    typealias Stand = KeyedStand<Coder>

    /// A container that is kept. The list owns a reference to its stand; makers are never released.
    struct Entry: BitwiseCopyable {
        fileprivate let key: KeyConformance
        fileprivate let maker: Unmanaged<AnyContainerMaker>
        fileprivate let stand: Unmanaged<Stand>

        /// The container, of the type that containers with such keys have.
        @inline(__always)
        func container<Container>() -> Container {
            maker._withUnsafeGuaranteedRef { maker in
                let maker = unsafeDowncast(maker, to: ContainerMaker<Stand, Container>.self)
                return stand._withUnsafeGuaranteedRef { $0.container(maker) }
            }
        }
    }

    /// The most containers that are kept.
    private static var most: Int { 8 }

    private var entries = InlineArray<8, Entry?>(repeating: nil)
    private var count = most

    /// Keeps containers from now on.
    mutating func begin() { count = 0 }

    /// Lets go of the containers, and keeps none any more.
    mutating func end() {
        count = Self.most
        for index in entries.indices {
            guard let entry = entries[index] else { break }
            entries[index] = nil
            entry.stand.takeRetainedValue().forget()
        }
    }

    /// Moves a container that nobody holds to a value; nil if there is none.
    @inline(__always)
    func move(_ key: KeyConformance, to object: Int, _ place: CodingPlace) -> Entry? {
        for index in entries.indices {
            guard let entry = entries[index] else { break }
            if entry.key == key, entry.stand._withUnsafeGuaranteedRef({ $0.move(to: object, place) }) { return entry }
        }
        return nil
    }

    /// Makes a container on a stand, and keeps it if there is room.
    ///
    /// - Parameters:
    ///   - key: the type of its keys, by which `Container` is the only type of such containers.
    ///   - makers: those of this coder's containers.
    ///   - making: how a container is made.
    @inline(never)
    mutating func newContainer<Container>(
        _ key: KeyConformance,
        _ stand: Stand,
        _ makers: borrowing ContainerMakers,
        _ making: () -> (Stand) -> Container
    ) -> Container {
        guard count < Self.most, let maker = makers.maker(for: key, { ContainerMaker(key, making()) }) else {
            return making()(stand)
        }
        // The maker for a type of key makes containers for it.
        return keep(unsafeDowncast(maker, to: ContainerMaker<Stand, Container>.self), stand).container()
    }

    private mutating func keep<Container>(_ maker: ContainerMaker<Stand, Container>, _ stand: Stand) -> Entry {
        let entry = Entry(key: maker.key, maker: .passUnretained(maker), stand: .passUnretained(stand))
        stand.keep(maker.box(stand))
        entries[count] = entry
        count += 1
        _ = entry.stand.retain()
        return entry
    }
}
