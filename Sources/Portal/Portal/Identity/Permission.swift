/// Something that a role may do.
public struct Permission: RawRepresentable, Sendable, Hashable, Comparable, Codable {
    /// The name in the session's answer: `tickets.create`.
    public let rawValue: String
    /// Makes a permission from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Orders permissions by name.
    public static func < (left: Permission, right: Permission) -> Bool { left.rawValue < right.rawValue }

    /// Reads own tickets.
    public static let ticketsView = Permission(rawValue: "tickets.view")
    /// Opens tickets.
    public static let ticketsCreate = Permission(rawValue: "tickets.create")
    /// Comments on tickets that may be read.
    public static let ticketsComment = Permission(rawValue: "tickets.comment")
    /// Reads all tickets of the company.
    public static let ticketsViewCompany = Permission(rawValue: "tickets.view_company")
    /// Reads the company's invoices.
    public static let invoicesView = Permission(rawValue: "invoices.view")
    /// Reads documents.
    public static let documentsView = Permission(rawValue: "documents.view")
    /// Signs documents.
    public static let documentsSign = Permission(rawValue: "documents.sign")
    /// Reads announcements.
    public static let announcementsView = Permission(rawValue: "announcements.view")
    /// Reads the team's list.
    public static let teamView = Permission(rawValue: "team.view")
    /// Invites, changes and disables colleagues.
    public static let teamManage = Permission(rawValue: "team.manage")
    /// Changes the own profile.
    public static let profileEdit = Permission(rawValue: "profile.edit")
    /// Uses the pages of a nonprofit.
    public static let missionUse = Permission(rawValue: "mission.use")

    private static let user: Set<Permission> = [
        .ticketsView, .ticketsCreate, .ticketsComment, .invoicesView, .documentsView, .documentsSign,
        .announcementsView, .teamView, .profileEdit,
    ]
    private static let companyAdmin = user.union([.ticketsViewCompany, .teamManage])

    /// What a role may do; a role that nobody knows may do what `user` may.
    static func granted(to role: PortalUser.Role, orgType: Tenant.OrgType) -> Set<Permission> {
        let granted = role == .companyAdmin ? companyAdmin : user
        return orgType == .mission ? granted.union([.missionUse]) : granted
    }
}
