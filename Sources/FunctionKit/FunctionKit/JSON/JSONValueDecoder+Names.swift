import Glibc

extension JSONValueDecoder {
    /// The value of a member; nil when there is none. Of several members with one name the first counts.
    ///
    /// Names are the same when Swift holds them to be, which is by canonical equivalence.
    @inline(__always)
    func value(named name: String, in object: Int) -> Int? {
        // The members that a type asks for mostly stand in its order.
        let next = name.withBytes { name in
            cursor.object == object && isName(cursor.name, name) ? found(cursor.name, object) : nil
        }
        return next ?? search(name, object)
    }

    /// Takes note that the first member of an object is likely to be asked for first.
    @inline(__always)
    func expectFirst(of object: Int, _ token: JSONToken) {
        guard token.traits.isDisjoint(with: [.unusual, .repeating]), token.count > 0 else { return }
        cursor = Cursor(object: object, name: object + 1)
    }

    @inline(never)
    private func search(_ name: String, _ object: Int) -> Int? {
        let traits = token(object).traits
        if traits.contains(.unusual) { return index(of: object)[name] }
        if let value = name.withBytes({ search($0, object, traits.contains(.repeating)) }) {
            return value < 0 ? nil : value
        }
        // Some characters beyond ASCII are equivalent to one of it: U+212A to K.
        return index(of: object)[name]
    }

    /// Looks for a name in an object whose names are plain ASCII: its value, -1 for none, nil if the index has to tell.
    private func search(_ name: UnsafeBufferPointer<UInt8>, _ object: Int, _ isRepeating: Bool) -> Int? {
        let token = self.token(object)
        if isRepeating, token.count > JSONTokenizer.comparedMax { return nil }
        var place = object + 1
        while place < token.end {
            if isName(place, name) { return isRepeating ? place + 1 : found(place, object) }
            place = end(of: place + 1)
        }
        return name.allSatisfy { $0 < 0x80 } ? -1 : nil
    }

    /// Takes note of where the name behind a member's stands, if there is one, and gives the member's value.
    @inline(__always)
    private func found(_ name: Int, _ object: Int) -> Int {
        let next = end(of: name + 1)
        cursor = next < token(object).end ? Cursor(object: object, name: next) : Cursor()
        return name + 1
    }

    @inline(__always)
    private func isName(_ place: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let text = document.bytes(of: token(place))
        guard text.count == name.count else { return false }
        guard let one = text.baseAddress, let other = name.baseAddress else { return true }
        return memcmp(one, other, name.count) == 0
    }

    private func index(of object: Int) -> [String: Int] {
        if let index = indexes[object] { return index }
        // What cannot be read here is found out before: such an object has unusual names.
        let index = (try? makeIndex(of: object)) ?? [:]
        indexes[object] = index
        return index
    }

    /// Reads the names of an object.
    ///
    /// - Throws: ``JSONMalformed`` when one of them is no text, also if nobody asks for it.
    func readNames(of object: Int) throws(JSONMalformed) {
        if indexes[object] == nil { indexes[object] = try makeIndex(of: object) }
    }

    private func makeIndex(of object: Int) throws(JSONMalformed) -> [String: Int] {
        let token = self.token(object)
        var index: [String: Int] = [:]
        index.reserveCapacity(token.count)
        var place = object + 1
        while place < token.end {
            let name = try document.string(self.token(place))
            if index[name] == nil { index[name] = place + 1 }
            place = end(of: place + 1)
        }
        return index
    }

    /// The names of an object in the order of the text, each once.
    func names(of object: Int) -> [String] {
        let token = self.token(object)
        let index = token.traits.isDisjoint(with: [.repeating, .unusual]) ? nil : index(of: object)
        var names: [String] = []
        names.reserveCapacity(token.count)
        var place = object + 1
        while place < token.end {
            let name = (try? document.string(self.token(place))) ?? ""
            if index == nil || index?[name] == place + 1 { names.append(name) }
            place = end(of: place + 1)
        }
        return names
    }
}
