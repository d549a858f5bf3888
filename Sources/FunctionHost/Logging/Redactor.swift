/// Replaces secrets that slipped into a log line.
///
/// A second line of defence: code is to keep secrets out of messages, and this catches what it misses. The values of app
/// settings whose names say that they are secret are hidden wherever they appear.
package struct Redactor: Sendable {
    /// What stands in a secret's place.
    package static let mask = "[Hidden Credential]"
    /// Shorter values are left alone: hiding `1` or `dev` everywhere would garble the log and protect nothing.
    package static let secretBytesMin = 8

    /// The most values that are hidden; of further ones the shortest are not.
    package static let secretsMax = 4096

    private var secrets: [String] = []

    /// Makes a redactor for these values; longer ones are hidden first.
    package init(secrets: [String]) { add(secrets) }

    /// Hides more values.
    package mutating func add(_ more: [String]) {
        let all = Set(secrets + more).filter { $0.utf8.count >= Self.secretBytesMin }
        secrets = Array(all.sorted { $0.utf8.count > $1.utf8.count }.prefix(Self.secretsMax))
    }

    /// Makes a redactor for the settings whose names mark them as secret.
    package init(settings: [String: String]) {
        let marks = ["SECRET", "KEY", "PASSWORD", "TOKEN", "CONNECTION_STRING", "CONNECTIONSTRING", "CREDENTIAL"]
        self.init(
            secrets: settings.filter { name, _ in
                let upper = name.uppercased()
                return marks.contains { upper.contains($0) }
            }.map(\.value)
        )
    }

    /// The length of the longest secret.
    var longestSecretBytes: Int { secrets.first?.utf8.count ?? 0 }

    /// The text without the secrets.
    package func redact(_ text: String) -> String {
        var result = text
        for secret in secrets { result = Self.replace(secret, in: result) }
        return result
    }

    private static func replace(_ secret: String, in text: String) -> String {
        let needle = Array(secret.utf8)
        let bytes = Array(text.utf8)
        guard bytes.count >= needle.count else { return text }
        var result: [UInt8] = []
        var index = 0
        var found = false
        while index < bytes.count {
            if bytes[index] == needle[0], bytes[index...].starts(with: needle) {
                result.append(contentsOf: mask.utf8)
                index += needle.count
                found = true
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return found ? String(decoding: result, as: UTF8.self) : text
    }
}
