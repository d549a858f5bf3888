public import FunctionKit

/// What a user sends to sign a policy.
public struct SigningRequest: Decodable, Sendable {
    /// Legal's id of the policy.
    public var policyID: String
    /// The version that was shown.
    public var version: PolicyVersion
    /// The name that the user typed.
    public var fullName: String
    /// That the user agrees; only `true` signs.
    public var agreed: Bool

    private enum CodingKeys: String, CodingKey {
        case policyID = "policy_id"
        case version
        case fullName = "full_name"
        case agreed
    }

    /// Checks what decoding cannot, and trims the name.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 without the agreement or a name.
    public func validated() throws(HTTPError) -> SigningRequest {
        guard agreed else { throw .invalidField("agreed", "must be true: without your agreement nothing is signed.") }
        var result = self
        let words = singleLine(fullName).split(separator: " ")
        result.fullName = words.joined(separator: " ")
        guard (1...Acknowledgement.fullNameCharactersMax).contains(result.fullName.count) else {
            throw .invalidField(
                "full_name",
                "must have 1 to \(Acknowledgement.fullNameCharactersMax) characters: type your full name."
            )
        }
        return result
    }
}
