/// Makes the standard library's keyed containers for one type of key without looking their metadata up again: its closures hold what
/// they need.
///
/// `KeyedDecodingContainer` and `KeyedEncodingContainer` are a reference to a box and nothing else, which is looked at before one is
/// used as such (``isOneReference(_:)``), and a test looks closer. So a container can be made again from its box.
final class ContainerMaker<Stand: AnyObject, Container>: AnyContainerMaker {
    /// Makes a container and gives its box.
    let box: (Stand) -> AnyObject
    /// The container of the box that the reference at an address is to.
    let container: (UnsafePointer<AnyObject?>) -> Container

    /// - Parameters:
    ///   - key: The type of the keys.
    ///   - make: Makes a container.
    init(_ key: KeyConformance, _ make: @escaping (Stand) -> Container) {
        box = Self.boxing(make)
        container = Self.unboxing()
        super.init(key)
    }

    // Neither is inlined where `Container` is known by its parts only, from which its metadata would be looked up at each call.
    @inline(never)
    private static func boxing(_ make: @escaping (Stand) -> Container) -> (Stand) -> AnyObject {
        { stand in
            withUnsafePointer(to: make(stand)) { UnsafeRawPointer($0).load(as: AnyObject.self) }
        }
    }

    @inline(never)
    private static func unboxing() -> (UnsafePointer<AnyObject?>) -> Container {
        { UnsafeRawPointer($0).assumingMemoryBound(to: Container.self).pointee }
    }
}

/// A ``ContainerMaker`` of any type.
class AnyContainerMaker {
    /// The type of the keys.
    let key: KeyConformance

    fileprivate init(_ key: KeyConformance) { self.key = key }
}

/// A type of key and how it is one; libraries of functions may each have their own conformance of a type such as `String`.
struct KeyConformance: BitwiseCopyable, Equatable {
    /// The addresses of the type's metadata and of the conformance's witness table.
    private let type: UInt
    private let witnesses: UInt

    @inline(__always)
    init(_ key: any CodingKey.Type) {
        // These two are what an existential metatype consists of; without `as`, it would be opened to a metatype of one word.
        (type, witnesses) = unsafeBitCast(key as any CodingKey.Type, to: (UInt, UInt).self)
    }

    /// Bits that differ between types mostly; the lowest of an address are alike.
    @inline(__always)
    var hash: UInt64 { UInt64(type) &* 0x9E37_79B9_7F4A_7C15 }
}

/// Whether values of a type take the memory of one reference that is counted.
func isOneReference<Container>(_ type: Container.Type) -> Bool {
    MemoryLayout<Container>.size == MemoryLayout<AnyObject>.size && !_isPOD(type)
}
