/// Which content codings a client takes (RFC 9110, section 12.5.3).
public struct AcceptEncoding: Sendable, Hashable {
    /// Thousandths by coding, in lower case; `*` for those that are not named.
    private var weights: [String: Int] = [:]

    /// Reads the request's `Accept-Encoding`; a part that cannot be read is left out, and of a coding that is named twice the first
    /// weight counts.
    public init(_ headers: HTTPFields) {
        for value in headers.values(of: "Accept-Encoding") {
            for part in listEntries(of: value[...]) {
                let parameters = listEntries(of: part, separator: UInt8(ascii: ";")).map(String.init)
                guard let name = parameters.first?.lowercased(), !name.isEmpty, parameters.count <= 2,
                    let weight = parameters.count == 2 ? Self.weight(parameters[1]) : 1000
                else { continue }
                let coding = name == "x-gzip" ? "gzip" : name
                if weights[coding] == nil { weights[coding] = weight }
            }
        }
    }

    /// How much a coding is wanted, in thousandths; 0 when it must not be used. Without a word about codings none but `identity`
    /// is wanted.
    public func weight(of coding: String) -> Int {
        if let weight = weights[coding] ?? weights["*"] { return weight }
        return coding == "identity" ? 1000 : 0
    }

    /// The coding to use of those that there are, the server's favourite first; nil for none at all.
    ///
    /// `identity` wins only where the client names it with a higher weight. Where nothing is acceptable the answer is sent as it is.
    public func preferred(among codings: [String]) -> String? {
        let identity = weights["identity"] ?? 0
        var best: (coding: String, weight: Int)?
        for coding in codings {
            let weight = weight(of: coding)
            if weight > 0, weight >= identity, weight > best?.weight ?? 0 { best = (coding, weight) }
        }
        return best?.coding
    }

    /// A weight `q=0.5` in thousandths, with three decimals at the most.
    private static func weight(_ parameter: String) -> Int? {
        guard parameter.lowercased().hasPrefix("q=") else { return nil }
        let text = parameter.dropFirst(2)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole == "0" || whole == "1" else { return nil }
        let decimals = parts.count > 1 ? parts[1] : ""
        guard decimals.utf8.count <= 3, decimals.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let padded = decimals + String(repeating: "0", count: 3 - decimals.utf8.count)
        let thousandths = (Int(whole) ?? 0) * 1000 + (Int(padded) ?? 0)
        return thousandths <= 1000 ? thousandths : nil
    }
}
