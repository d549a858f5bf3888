import Crypto
public import FunctionKit

/// Remembers one-time tokens, so that each works once: for all callers at the same moment, in all processes, after restarts.
public struct SpentTokens: Sendable {
    /// How long a token is remembered beyond its end, in case somebody sets the clock back.
    static let keptAfterExpiry = Duration.seconds(600)

    private let tokens: DocumentCollection<SpentToken>

    /// The tokens of a tenant.
    public init(_ store: TenantStore) { tokens = store.collection(.tokens) }

    /// Spends a token.
    ///
    /// - Parameters:
    ///   - id: its `jti`.
    ///   - kind: what it is for, so that two issuers may use one id.
    ///   - expiresAt: when it ends by itself.
    /// - Returns: true for exactly one of any number of callers.
    public func spend(_ id: String, kind: String, expiresAt: Timestamp) async throws -> Bool {
        do {
            let documentID = hexText(sha256("\(kind):\(id)".utf8))
            _ = try await tokens.create(
                SpentToken(kind: kind),
                id: documentID,
                expiresAt: expiresAt + Self.keptAfterExpiry
            )
            return true
        } catch let error as StoreError where error.code == .alreadyExists {
            return false
        }
    }
}

/// A token that has been used; its document id is the SHA-256 of kind and id.
struct SpentToken: Codable, Sendable {
    var kind: String
}

extension CollectionDefinition where Document == SpentToken {
    static var tokens: CollectionDefinition<SpentToken> { tokensDefinition }
}

private let tokensDefinition = CollectionDefinition<SpentToken>("tokens")
