/// Some neighbouring entries of a ``PackedMap`` in one array, without slack unless it changes.
///
/// Layout, all numbers little-endian:
///
///     0  UInt16  how many entries, at least 1
///     2  UInt8   the form, see ``Form``
///     3  UInt8   0
///     4  UInt16  the length of the prefix
///     6  UInt16  the length of every suffix; 0 in the form with ends
///     8  UInt32  for each entry its value
///        UInt16  for each entry where its suffix ends, counted from the first suffix; only in the form with ends
///        the prefix, which all stored keys share
///        the suffixes
///
/// A stored key is the key itself, or, in the form with UUIDs, the key with its last 36 bytes, the text of a UUID, packed into
/// 16. Keys of that form have one length, so the order of the stored keys is that of the keys.
///
/// Unsafe pointers: ``View`` reads without bounds checks. Its offsets come from the header alone, and the bytes of a chunk come
/// from ``encode(_:_:)`` and the changes beside it, or were accepted by ``init(validating:)``, which checks every length
/// against the array. A view lives only within the closure that it is given to, while its array is held.
struct PackedChunk: Sendable {
    var bytes: [UInt8]

    /// How the keys are stored.
    enum Form: UInt8 {
        /// Suffixes of any length, with a table of their ends.
        case ends = 0
        /// Suffixes of one length.
        case fixed = 1
        /// Keys of one length that end with the text of a UUID.
        case uuids = 3
    }

    /// The most entries.
    static let countMax = 128
    /// A chunk of more bytes than this is split unless it has one entry alone.
    static let bytesMax = 4096
    /// The longest key. Index keys and expiries stay below: four values of ``StoreLimits/indexValueBytesMax`` with each byte
    /// escaped, and an id.
    static let keyBytesMax = 1 << 14
    static let headerBytes = 8

    init(trusted bytes: [UInt8]) { self.bytes = bytes }

    @inline(__always)
    func withView<Result>(_ body: (View) -> Result) -> Result {
        bytes.withUnsafeBytes { body(View($0)) }
    }

    var count: Int { Int(bytes[0]) | Int(bytes[1]) << 8 }

    /// A chunk's parts while its bytes stay in place.
    struct View {
        let base: UnsafeRawPointer
        let size: Int
        let count: Int
        let form: Form
        let prefixCount: Int
        /// The length of every suffix; 0 in the form with ends.
        let width: Int
        let prefix: UnsafeRawPointer
        let suffixes: UnsafeRawPointer

        @inline(__always)
        init(_ bytes: UnsafeRawBufferPointer) {
            // An array's storage is never nil when it has elements, and a chunk always has its header.
            base = bytes.baseAddress.unsafelyUnwrapped
            size = bytes.count
            count = Int(base.loadLittle(UInt16.self, at: 0))
            form = Form(rawValue: base.load(fromByteOffset: 2, as: UInt8.self)).unsafelyUnwrapped
            prefixCount = Int(base.loadLittle(UInt16.self, at: 4))
            width = Int(base.loadLittle(UInt16.self, at: 6))
            prefix = base + PackedChunk.headerBytes + count * (form == .ends ? 6 : 4)
            suffixes = prefix + prefixCount
        }

        @inline(__always)
        func value(_ index: Int) -> UInt32 {
            base.loadLittle(UInt32.self, at: PackedChunk.headerBytes + index * 4)
        }

        @inline(__always)
        private func end(_ index: Int) -> Int {
            Int(base.loadLittle(UInt16.self, at: PackedChunk.headerBytes + count * 4 + index * 2))
        }

        /// What is stored of a key behind the prefix.
        @inline(__always)
        func suffix(_ index: Int) -> UnsafeRawBufferPointer {
            guard form == .ends else { return UnsafeRawBufferPointer(start: suffixes + index * width, count: width) }
            let start = index == 0 ? 0 : end(index - 1)
            return UnsafeRawBufferPointer(start: suffixes + start, count: end(index) - start)
        }

        /// The length of a key.
        @inline(__always)
        func keyCount(_ index: Int) -> Int {
            switch form {
            case .ends: prefixCount + suffix(index).count
            case .fixed: prefixCount + width
            case .uuids: headCount + UUIDText.textCount
            }
        }

        /// In the form with UUIDs how much of each key stands before the UUID.
        @inline(__always)
        var headCount: Int { prefixCount + width - UUIDText.packedCount }

        /// Appends a key.
        @inline(__always)
        func appendKey(_ index: Int, to target: inout [UInt8]) {
            let count = keyCount(index)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
                guard let start = buffer.baseAddress else { return }
                copyKey(index, to: start)
                target.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
            }
        }

        /// Copies a key to a place with room for ``keyCount(_:)`` bytes.
        @inline(__always)
        func copyKey(_ index: Int, to target: UnsafeMutablePointer<UInt8>) {
            let suffix = suffix(index)
            copyBytes(prefix, to: target, count: prefixCount)
            copyBytes(suffix.baseAddress.unsafelyUnwrapped, to: target + prefixCount, count: suffix.count)
            guard form == .uuids else { return }
            UUIDText.unpack(target + headCount, to: target + headCount)
        }
    }
}
