extension JSONValueEncoder: SingleValueEncodingContainer {
    func encodeNil() { setNil(current) }

    func encode<Value: Encodable>(_ value: Value) throws {
        do {
            try encodeCurrent(value)
        } catch {
            // The type may try another form.
            tree.reset(current)
            throw error
        }
        // A value that stands for another has encoded that one, even if it is nothing.
        if tree.nodes[current].kind == .nothing { tree.open(.object, current) }
    }

    func encode(_ value: Bool) throws { set(current, value) }
    func encode(_ value: String) throws { set(current, value) }
    func encode(_ value: Double) throws { try set(current, value) { path } }
    func encode(_ value: Float) throws { try set(current, value) { path } }
    func encode(_ value: Int) throws { set(current, value) }
    func encode(_ value: Int8) throws { set(current, value) }
    func encode(_ value: Int16) throws { set(current, value) }
    func encode(_ value: Int32) throws { set(current, value) }
    func encode(_ value: Int64) throws { set(current, value) }
    func encode(_ value: UInt) throws { set(current, value) }
    func encode(_ value: UInt8) throws { set(current, value) }
    func encode(_ value: UInt16) throws { set(current, value) }
    func encode(_ value: UInt32) throws { set(current, value) }
    func encode(_ value: UInt64) throws { set(current, value) }
    func encode(_ value: Int128) throws { set(current, value) }
    func encode(_ value: UInt128) throws { set(current, value) }
}

extension JSONValueEncoder {
    func setNil(_ node: Int) { tree.set(node) { $0.append("null") } }

    func set(_ node: Int, _ value: Bool) {
        tree.set(node) { $0.append(value ? "true" : "false") }
    }

    @inline(__always)
    func set(_ node: Int, _ value: String) { tree.set(node, to: value) }

    @inline(__always)
    func set(_ node: Int, _ value: some FixedWidthInteger) {
        tree.set(node) { $0.append(integer: value) }
    }

    /// Sets the shortest number that is read as the same value; a whole one has no fraction.
    ///
    /// - Throws: `EncodingError.invalidValue` for infinity and NaN, of which JSON has none.
    func set<Value: BinaryFloatingPoint & LosslessStringConvertible & Encodable>(
        _ node: Int,
        _ value: Value,
        path: () -> [any CodingKey]
    ) throws {
        guard value.isFinite else {
            tree.remove(node)
            let words = "Unable to encode \(Value.self).\(value) directly in JSON."
            throw EncodingError.invalidValue(value, EncodingError.Context(codingPath: path(), debugDescription: words))
        }
        tree.set(node) { text in
            text.append(utf8: value.description)
            text.removeEmptyFraction()
        }
    }
}
