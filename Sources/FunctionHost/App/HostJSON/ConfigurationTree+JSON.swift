import FunctionKit

extension ConfigurationTree {
    /// The leaves as JSON. Whole numbers and truth values are written as such, whatever they were written as, and objects
    /// whose names are all numbers as lists, as .NET's configuration has them.
    ///
    /// - Parameter hidesSecrets: whether what looks like a secret is replaced by `[Hidden Credential]`.
    package func jsonText(hidesSecrets: Bool, isIndented: Bool = false) -> String {
        var bytes: [UInt8] = []
        var writer = Writer(hidesSecrets: hidesSecrets, isIndented: isIndented)
        writer.append(all.map { (path: $0.path[...], text: $0.text) }, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private struct Writer {
        typealias Leaf = (path: ArraySlice<String>, text: String)

        let hidesSecrets: Bool
        let isIndented: Bool
        private var depth = 0

        init(hidesSecrets: Bool, isIndented: Bool) {
            self.hidesSecrets = hidesSecrets
            self.isIndented = isIndented
        }

        mutating func append(_ leaves: [Leaf], to bytes: inout [UInt8]) {
            let groups = grouped(leaves)
            let isList = !groups.isEmpty && groups.allSatisfy { Int($0.name) != nil }
            bytes.append(UInt8(ascii: isList ? "[" : "{"))
            depth += 1
            for (index, group) in (isList ? groups.sorted { Int($0.name) ?? 0 < Int($1.name) ?? 0 } : groups)
                .enumerated()
            {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                breakLine(&bytes)
                if !isList {
                    appendJSONString(group.name, to: &bytes)
                    bytes.append(contentsOf: isIndented ? ": ".utf8 : ":".utf8)
                }
                append(group, to: &bytes)
            }
            depth -= 1
            if !groups.isEmpty { breakLine(&bytes) }
            bytes.append(UInt8(ascii: isList ? "]" : "}"))
        }

        private mutating func append(_ group: (name: String, leaves: [Leaf]), to bytes: inout [UInt8]) {
            let below = group.leaves.filter { !$0.path.isEmpty }
            if below.isEmpty, let text = group.leaves.last?.text {
                appendValue(text, named: group.name, to: &bytes)
            } else {
                append(below, to: &bytes)
            }
        }

        private func appendValue(_ text: String, named name: String, to bytes: inout [UInt8]) {
            if hidesSecrets, CredentialMarks.isSecret(text, named: name) {
                appendJSONString(Redactor.mask, to: &bytes)
            } else if let number = Int(text), String(number) == text {
                bytes.append(contentsOf: text.utf8)
            } else if let flag = Bool(text.lowercased()) {
                bytes.append(contentsOf: "\(flag)".utf8)
            } else {
                appendJSONString(text, to: &bytes)
            }
        }

        /// The leaves by the first part of their path, ignoring case, in order.
        private func grouped(_ leaves: [Leaf]) -> [(name: String, leaves: [Leaf])] {
            var groups: [(name: String, leaves: [Leaf])] = []
            for leaf in leaves {
                guard let name = leaf.path.first else { continue }
                let rest = (path: leaf.path.dropFirst(), text: leaf.text)
                if let last = groups.indices.last, equalsIgnoringASCIICase(groups[last].name, name) {
                    groups[last].leaves.append(rest)
                } else {
                    groups.append((name, [rest]))
                }
            }
            return groups
        }

        private func breakLine(_ bytes: inout [UInt8]) {
            guard isIndented else { return }
            bytes.append(0x0A)
            bytes.append(contentsOf: repeatElement(0x20, count: depth * 2))
        }
    }
}

/// What gives a secret away among values that anybody may write anywhere.
enum CredentialMarks {
    private static let names = [
        "secret", "key", "password", "token", "connectionstring", "connection_string", "cred",
        "authorization", "cookie", "pwd", "passphrase", "bearer",
    ]
    /// Parts of connection strings and of URLs that carry a key, as Azure's log looks for them.
    private static let values = [
        "defaultendpointsprotocol=http", "accountkey=", "accesskey=", "sharedaccesskey=", "sharedaccesssignature=",
        "data source=", "server=", "password=", "pwd=", "token=", "sig=", "code=", "client_secret=", "-----begin",
        "bearer ", "basic ", "ghp_",
    ]

    /// Whether a value is to be hidden, by its name or by what it looks like.
    static func isSecret(_ value: String, named name: String) -> Bool {
        guard !value.isEmpty else { return false }
        let name = name.lowercased()
        let value = value.lowercased()
        return names.contains { name.contains($0) } || values.contains { value.contains($0) }
    }
}
