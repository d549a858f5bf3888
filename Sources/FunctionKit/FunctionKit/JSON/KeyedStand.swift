/// What a keyed container stands on: a coder, and the value in it whose members the container has.
///
/// The container itself is one reference to this. So a container that nobody holds any more can be moved to another value, where a new
/// one would cost the runtime's look-ups of its metadata (``KeptContainers``).
final class KeyedStand<Coder: AnyObject> {
    private let coder: Coder
    /// The same, whose references are not counted.
    private let borrowed: Unmanaged<Coder>
    // One thread codes, and no access spans another.
    /// The token or node of the object.
    @exclusivity(unchecked) private(set) var object: Int
    @exclusivity(unchecked) private(set) var place: CodingPlace
    /// The container's box, which refers to this object, while the container is kept.
    @exclusivity(unchecked) private var box: AnyObject?

    init(_ coder: Coder, _ object: Int, _ place: CodingPlace) {
        (self.coder, borrowed, self.object, self.place) = (coder, .passUnretained(coder), object, place)
    }

    /// Hands out the coder, for the time of a call, in which it lives because this object does.
    @inline(__always)
    func withCoder<Result>(_ body: (Coder) throws -> Result) rethrows -> Result {
        try borrowed._withUnsafeGuaranteedRef(body)
    }

    func keep(_ box: AnyObject) { self.box = box }

    func forget() { box = nil }

    /// Moves the container to another value of the same coder, if nobody holds it.
    @inline(__always)
    func move(to object: Int, _ place: CodingPlace) -> Bool {
        // Only the box refers to this object, apart from who keeps it: so nobody sees that it moves.
        guard isKnownUniquelyReferenced(&box) else { return false }
        (self.object, self.place) = (object, place)
        return true
    }

    /// The container that is kept.
    @inline(__always)
    func container<Container>(_ maker: ContainerMaker<KeyedStand, Container>) -> Container { maker.container(&box) }
}

/// The members of the object that a stand is at.
protocol MembersOnStand<Coder> {
    associatedtype Coder: AnyObject

    init(_ stand: KeyedStand<Coder>)
}
