extension JSONValueDecoder {
    /// The value of a member; nil when there is none. Of several members with one name the first counts.
    ///
    /// Names are the same when Swift holds them to be, which is by canonical equivalence.
    func value(named name: String, in object: Int) -> Int? {
        let traits = document.tokens[object].traits
        if traits.contains(.unusual) { return index(of: object)[name] }
        var name = name
        if let value = name.withUTF8({ search(UnsafeRawBufferPointer($0), object, traits.contains(.repeating)) }) {
            return value < 0 ? nil : value
        }
        // Some characters beyond ASCII are equivalent to one of it: U+212A to K.
        return index(of: object)[name]
    }

    /// Looks for a name in an object whose names are plain ASCII: its value, -1 for none, nil if the index has to tell.
    private func search(_ name: UnsafeRawBufferPointer, _ object: Int, _ isRepeating: Bool) -> Int? {
        let token = document.tokens[object]
        if !isRepeating {
            // The members that a type asks for mostly stand in its order.
            if cursor.object == object, cursor.name < token.end, isName(cursor.name, name) {
                return found(cursor.name, object)
            }
        } else if token.count > JSONTokenizer.comparedMax {
            return nil
        }
        var place = object + 1
        while place < token.end {
            if isName(place, name) { return found(place, object) }
            place = document.end(of: place + 1)
        }
        return name.allSatisfy { $0 < 0x80 } ? -1 : nil
    }

    @inline(__always)
    private func found(_ name: Int, _ object: Int) -> Int {
        cursor = Cursor(object: object, name: document.end(of: name + 1))
        return name + 1
    }

    @inline(__always)
    private func isName(_ place: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        let token = document.tokens[place]
        guard token.length == name.count else { return false }
        return document.withText(of: token) { text in
            for index in 0..<name.count where text[index] != name[index] { return false }
            return true
        }
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
        let token = document.tokens[object]
        var index: [String: Int] = [:]
        index.reserveCapacity(token.count)
        var place = object + 1
        while place < token.end {
            let name = try document.string(document.tokens[place])
            if index[name] == nil { index[name] = place + 1 }
            place = document.end(of: place + 1)
        }
        return index
    }

    /// The names of an object in the order of the text, each once.
    func names(of object: Int) -> [String] {
        let token = document.tokens[object]
        let index = token.traits.isDisjoint(with: [.repeating, .unusual]) ? nil : index(of: object)
        var names: [String] = []
        names.reserveCapacity(token.count)
        var place = object + 1
        while place < token.end {
            let name = (try? document.string(document.tokens[place])) ?? ""
            if index == nil || index?[name] == place + 1 { names.append(name) }
            place = document.end(of: place + 1)
        }
        return names
    }
}
