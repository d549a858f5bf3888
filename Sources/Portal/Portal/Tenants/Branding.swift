public import FunctionKit

/// How a tenant's portal looks: the document `branding` of its `settings` collection.
public struct Branding: Codable, Sendable {
    /// The portal's name; the tenant's own name when it is not set.
    public var portalName: String?
    /// The logo's URL.
    public var logoURL: String?
    /// The main colour as `#rrggbb`.
    public var primaryColor: String
    /// The second colour as `#rrggbb`.
    public var accentColor: String
    /// What the sign-in page says.
    public var welcomeText: String?

    /// Makes a branding; the colours are violet by default.
    public init(
        portalName: String? = nil,
        logoURL: String? = nil,
        primaryColor: String = Branding.violet,
        accentColor: String = Branding.lightViolet,
        welcomeText: String? = nil
    ) {
        self.portalName = portalName
        self.logoURL = logoURL
        self.primaryColor = primaryColor
        self.accentColor = accentColor
        self.welcomeText = welcomeText
    }

    /// The main colour of a portal that nobody branded.
    public static let violet = "#7c3aed"
    /// The second colour of a portal that nobody branded.
    public static let lightViolet = "#a78bfa"

    private enum CodingKeys: String, CodingKey {
        case portalName = "portal_name"
        case logoURL = "logo_url"
        case primaryColor = "primary_color"
        case accentColor = "accent_color"
        case welcomeText = "welcome_text"
    }

    /// Decodes a document; every field may be absent, and a colour that is none becomes the default, because colours go
    /// into style sheets.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        portalName = try fields.decodeIfPresent(String.self, forKey: .portalName)
        logoURL = try fields.decodeIfPresent(String.self, forKey: .logoURL)
        primaryColor = Self.color(try fields.decodeIfPresent(String.self, forKey: .primaryColor)) ?? Self.violet
        accentColor = Self.color(try fields.decodeIfPresent(String.self, forKey: .accentColor)) ?? Self.lightViolet
        welcomeText = try fields.decodeIfPresent(String.self, forKey: .welcomeText)
    }

    private static func color(_ text: String?) -> String? {
        guard let text, text.hasPrefix("#"), [4, 7].contains(text.utf8.count) else { return nil }
        return text.utf8.dropFirst().allSatisfy { hexDigitValue($0) != nil } ? text : nil
    }

    /// A tenant's branding, or the default one when it has none or the document cannot be read.
    public static func read(of tenant: Tenant, from store: TenantStore) async throws -> Branding {
        var branding: Branding
        do {
            branding = try await store.collection(.branding).get("branding")?.value ?? Branding()
        } catch let error as StoreError where error.code == .invalidDocument {
            branding = Branding()
        }
        branding.portalName = branding.portalName ?? tenant.name
        return branding
    }
}

extension CollectionDefinition where Document == Branding {
    /// The tenant's settings, of which `branding` is one.
    public static var branding: CollectionDefinition<Branding> { brandingDefinition }
}

private let brandingDefinition = CollectionDefinition<Branding>("settings")
