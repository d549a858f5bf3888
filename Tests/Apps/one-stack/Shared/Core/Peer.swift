/// A product of the stack that the sandbox plays.
package enum Peer: String, Codable, Sendable, CaseIterable {
    /// Signs people in.
    case hub
    /// Tickets.
    case psa
    /// Invoices.
    case books
    /// Policies.
    case legal
    /// A nonprofit's members, groups and gifts.
    case mission

    /// The app setting with the key that callers of this product show; nil where no key is used.
    var keySetting: String? {
        switch self {
        case .psa: "PSA_SERVICE_KEY"
        case .books: "BOOKS_SERVICE_KEY"
        case .mission: "MISSION_SERVICE_KEY"
        case .hub, .legal: nil
        }
    }
}
