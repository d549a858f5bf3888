extension PackedChunk {
    /// The longest chunk: one key, or as many short ones as allowed, each with its value and end.
    static let encodedBytesMax = Int(UInt16.max)

    /// Takes over bytes from outside.
    ///
    /// - Throws: ``StateDecodingError`` unless every length fits and the keys ascend.
    init(validating bytes: [UInt8]) throws(StateDecodingError) {
        guard bytes.count >= Self.headerBytes, bytes.count <= Self.encodedBytesMax else {
            throw StateDecodingError("a piece of an index has \(bytes.count) bytes")
        }
        func number(_ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
        let count = number(0)
        let prefixCount = number(4)
        let width = number(6)
        guard let form = Form(rawValue: bytes[2]), bytes[3] == 0, (1...Self.countMax).contains(count) else {
            throw StateDecodingError("a piece of an index has no known form")
        }
        let suffixOffset = Self.headerBytes + count * (form == .ends ? 6 : 4) + prefixCount
        var end = suffixOffset
        switch form {
        case .ends:
            guard width == 0, suffixOffset <= bytes.count else { throw Self.misfit }
            var last = 0
            for index in 0..<count {
                let next = number(Self.headerBytes + count * 4 + index * 2)
                guard next >= last else { throw Self.misfit }
                last = next
            }
            end += last
        case .fixed, .uuids: end += count * width
        }
        guard end == bytes.count, form != .uuids || prefixCount + width >= UUIDText.packedCount else {
            throw Self.misfit
        }
        self.bytes = bytes
        guard keysAscend else { throw StateDecodingError("the entries of a piece of an index are not in order") }
    }

    private static var misfit: StateDecodingError {
        StateDecodingError("the lengths in a piece of an index do not fit")
    }

    private var keysAscend: Bool {
        withView { view in
            guard view.keyCount(0) <= Self.keyBytesMax else { return false }
            for index in 1..<max(view.count, 1) {
                guard view.keyCount(index) <= Self.keyBytesMax, order(view.suffix(index - 1), view.suffix(index)) < 0
                else { return false }
            }
            return true
        }
    }
}
