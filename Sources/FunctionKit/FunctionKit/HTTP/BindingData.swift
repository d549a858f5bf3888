extension HTTPRequest {
    /// What Azure calls the request's binding data: the values that the caller gave, by name, from three places of which a later
    /// one wins: the body's top-level properties, the query, the route.
    ///
    /// Of the body only a JSON object counts, of it neither lists nor null; a nested object is its JSON text. Of a repeated query
    /// parameter the last one counts, and `code`, which holds a key, is left out. Names that differ in case only are one name, as
    /// in Azure; it is spelled as the place that counts spells it, so a route's parameter is found by the name in its template.
    ///
    /// - Parameter limit: the most bytes of body to read; a body that was read before gives nothing.
    /// - Throws: ``HTTPError`` with 413 when the body is longer, or what its source throws.
    public func bindingData(limit: Int = HTTPBody.collectBytesMax) async throws -> [String: String] {
        var data = BindingData()
        data.addProperties(of: try await body.collect(upTo: limit))
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(formDecoded), !name.isEmpty, !equalsIgnoringASCIICase(name, "code") else {
                continue
            }
            data.set(name, parts.count > 1 ? formDecoded(parts[1]) : "")
        }
        for (name, value) in routeValues { data.set(name, value) }
        return data.values
    }
}

/// Values by names that compare without regard to the case of ASCII letters.
private struct BindingData {
    private(set) var values: [String: String] = [:]
    /// The names as they are spelled, by their form in lower case.
    private var spellings: [String: String] = [:]

    mutating func set(_ name: String, _ value: String) {
        let key = String(decoding: name.utf8.map(lowercasedASCII), as: UTF8.self)
        if let old = spellings.updateValue(name, forKey: key), old != name { values[old] = nil }
        values[name] = value
    }

    /// Adds the top-level properties of a JSON object that are neither lists nor null; none of anything else.
    mutating func addProperties(of bytes: [UInt8]) {
        var scanner = JSONScanner(bytes[...], in: bytes.indices, keepsMembers: true)
        guard (try? scanner.scanDocument()) != nil else { return }
        for member in scanner.members {
            let value = bytes[member.value]
            let name = String(decoding: member.name, as: UTF8.self)
            switch value.first {
            case UInt8(ascii: "["), UInt8(ascii: "n"): continue
            case UInt8(ascii: "\""):
                if let text = try? JSONCoding.decode(String.self, from: Array(value)) { set(name, text) }
            default: set(name, String(decoding: value, as: UTF8.self))
            }
        }
    }
}
