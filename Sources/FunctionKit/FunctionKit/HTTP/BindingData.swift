import FoundationEssentials

extension HTTPRequest {
    /// What Azure calls the request's binding data: the values that the caller gave, by name, from three places of which a later
    /// one wins: the body's top-level properties, the query, the route.
    ///
    /// Of the body only a JSON object counts, of it neither lists nor null; a nested object is its JSON text. Of a repeated query
    /// parameter the last one counts, and `code`, which holds a key, is left out.
    ///
    /// - Parameter limit: the most bytes of body to read; a body that was read before gives nothing.
    /// - Throws: ``HTTPError`` with 413 when the body is longer, or what its source throws.
    public func bindingData(limit: Int = HTTPBody.collectBytesMax) async throws -> [String: String] {
        var data = Self.properties(of: try await body.collect(upTo: limit))
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(formDecoded), !name.isEmpty, !equalsIgnoringASCIICase(name, "code") else {
                continue
            }
            data[name] = parts.count > 1 ? formDecoded(parts[1]) : ""
        }
        return data.merging(routeValues) { $1 }
    }

    /// The top-level properties of a JSON object that are neither lists nor null; none of anything else.
    private static func properties(of bytes: [UInt8]) -> [String: String] {
        var scanner = JSONScanner(bytes[...], in: bytes.indices, keepsMembers: true)
        guard (try? scanner.scanDocument()) != nil else { return [:] }
        var properties: [String: String] = [:]
        for member in scanner.members {
            let value = bytes[member.value]
            switch value.first {
            case UInt8(ascii: "["), UInt8(ascii: "n"): continue
            case UInt8(ascii: "\""):
                properties[String(decoding: member.name, as: UTF8.self)] =
                    try? JSONDecoder().decode(String.self, from: Data(value))
            default:
                properties[String(decoding: member.name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
            }
        }
        return properties
    }
}
