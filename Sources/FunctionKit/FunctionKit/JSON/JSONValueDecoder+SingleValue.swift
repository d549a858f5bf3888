extension JSONValueDecoder: SingleValueDecodingContainer {
    /// Reads the value that the decoder is at, or says why it cannot be read.
    @inline(__always)
    private func read<Value>(_ body: (Int) throws(JSONValueFailure) -> Value) throws -> Value {
        do throws(JSONValueFailure) {
            return try body(current)
        } catch {
            throw error.error(Value.self, token(current).kind, path)
        }
    }

    @inline(__always)
    private func integer<Value: FixedWidthInteger & Decodable>() throws -> Value {
        try read { value throws(JSONValueFailure) in try integer(value, Value.self) }
    }

    func decodeNil() -> Bool { isNull(current) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decodeCurrent(type) }

    func decode(_ type: Bool.Type) throws -> Bool {
        try read { value throws(JSONValueFailure) in try bool(value) }
    }

    func decode(_ type: String.Type) throws -> String {
        try read { value throws(JSONValueFailure) in try string(value) }
    }

    func decode(_ type: Double.Type) throws -> Double {
        try read { value throws(JSONValueFailure) in try double(value) }
    }

    func decode(_ type: Float.Type) throws -> Float {
        try read { value throws(JSONValueFailure) in try float(value) }
    }

    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
    func decode(_ type: Int128.Type) throws -> Int128 { try integer() }
    func decode(_ type: UInt128.Type) throws -> UInt128 { try integer() }
}
