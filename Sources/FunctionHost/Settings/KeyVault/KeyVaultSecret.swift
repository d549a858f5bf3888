package import FunctionKit

/// A secret as a vault hands it out.
package struct KeyVaultSecret: Sendable, Equatable {
    /// The value.
    package var value: String
    /// Since when it may be used; nil without a beginning. Key Vault hands it out earlier, too.
    package var notBefore: Timestamp?
    /// Until when it may be used; nil without an end. Key Vault hands it out later, too.
    package var expires: Timestamp?

    /// Makes a secret.
    package init(_ value: String, notBefore: Timestamp? = nil, expires: Timestamp? = nil) {
        self.value = value
        self.notBefore = notBefore
        self.expires = expires
    }

    /// Reads a vault's answer; nil when it has no value.
    init?(_ root: JSONValue) {
        guard let value = root["value"]?.string else { return nil }
        let attributes = root["attributes"]
        self.init(value, notBefore: Self.time(attributes?["nbf"]), expires: Self.time(attributes?["exp"]))
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        value?.int.map { Timestamp(seconds: Int64($0)) }
    }

    /// What the log should say about a secret outside of its time; nil when it is within.
    func remark(setting: String, _ reference: KeyVaultReference, now: Timestamp) -> String? {
        let what =
            "The secret '\(reference.secret)' in the vault '\(reference.vault)', which the setting '\(setting)' refers to,"
        if let expires, expires <= now { return "\(what) expired at \(expires). It is used all the same; renew it." }
        if let notBefore, notBefore > now {
            return "\(what) is not valid before \(notBefore). It is used all the same."
        }
        return nil
    }
}
