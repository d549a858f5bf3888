package import FunctionKit

/// Something that a mission keeps for its members.
package struct MissionRecord: Codable, Sendable {
    /// What it is.
    package enum Kind: String, Codable, Sendable, CaseIterable { case donations, events, groups, directory, prayer }

    package var tenantID: String
    package var kind: Kind
    /// The fund, the event, the group, the member, or the prayer.
    package var title: String
    package var detail: String
    /// Whose gift or prayer it is; nil for what all members see.
    package var memberEmail: String?
    package var amount: Money?
    package var at: Timestamp?

    private enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case kind, title, detail
        case memberEmail = "member_email"
        case amount, at
    }
}

extension CollectionDefinition where Document == MissionRecord {
    /// The records of all missions.
    package static var missionRecords: CollectionDefinition<MissionRecord> {
        CollectionDefinition(
            "mission_records",
            indexes: [IndexDefinition("by_kind", on: ["tenant_id", "kind", "created_at"])]
        )
    }
}
