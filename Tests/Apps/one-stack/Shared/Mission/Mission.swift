import Crypto
import FoundationEssentials
package import FunctionKit

/// Mission's API, as the portal's proxy calls it (portal.md, section 3).
package struct Mission: Sendable {
    private let sandbox: Sandbox

    /// The most characters of a prayer.
    static let prayerCharactersMax = 2000

    /// Opens Mission.
    package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    /// Who asks, as the portal says.
    private struct Member {
        var tenantID: String
        var email: String

        /// - Throws: ``FunctionKit/HTTPError`` 400 when the portal does not say.
        init(_ request: HTTPRequest) throws {
            let names = ["X-Portal-Tenant-Id", "X-Portal-Tenant-Slug", "X-Portal-User-Id", "X-Portal-User-Email"]
            for name in names where request.headers[name]?.isEmpty != false {
                throw HTTPError.invalid("The header field '\(name)' is missing.")
            }
            tenantID = request.headers["X-Portal-Tenant-Id"] ?? ""
            email = request.headers["X-Portal-User-Email"] ?? ""
        }
    }

    /// `GET,POST mission/{*path}`.
    package func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        let member = try Member(request)
        let path = request.routeValues["path"] ?? ""
        switch (request.method, path) {
        case (.get, "donations"):
            return try page(
                try await records(.donations, of: member).filter { $0.memberEmail == member.email },
                request
            )
        case (.get, "donations/stats"):
            return try await stats(of: member, request)
        case (.get, "events"), (.get, "groups"), (.get, "directory"), (.get, "prayer"):
            guard let kind = MissionRecord.Kind(rawValue: path) else { throw HTTPError.missing("page") }
            return try page(try await records(kind, of: member), request)
        case (.post, "prayer"):
            return try await pray(member, request)
        default:
            throw HTTPError.missing("page")
        }
    }

    private func records(_ kind: MissionRecord.Kind, of member: Member) async throws -> [Stored<MissionRecord>] {
        try await sandbox.store.collection(.missionRecords).page(
            index: "by_kind",
            equals: [.text(member.tenantID), .text(kind.rawValue)],
            order: .descending,
            limit: 200
        ).items
    }

    private func stats(of member: Member, _ request: HTTPRequest) async throws -> HTTPResponse {
        struct Stats: Encodable {
            var count: Int
            var total: Money
            var currency: String
        }
        let gifts = try await records(.donations, of: member).filter { $0.memberEmail == member.email }
        let total = gifts.reduce(Money(cents: 0)) { $0 + ($1.amount ?? Money(cents: 0)) }
        return try tagged(Stats(count: gifts.count, total: total, currency: "USD"), request)
    }

    private func pray(_ member: Member, _ request: HTTPRequest) async throws -> HTTPResponse {
        struct Input: Decodable { var text: String }
        let text = try await request.decode(Input.self).text
        guard !text.allSatisfy(\.isWhitespace), text.count <= Self.prayerCharactersMax else {
            throw HTTPError.invalid("A prayer has 1 to \(Self.prayerCharactersMax) characters.")
        }
        let record = MissionRecord(
            tenantID: member.tenantID,
            kind: .prayer,
            title: text,
            detail: "",
            memberEmail: member.email,
            at: sandbox.app.clock.now
        )
        return try .json(try await sandbox.store.collection(.missionRecords).create(record), status: .created)
    }

    private func page(_ items: [Stored<MissionRecord>], _ request: HTTPRequest) throws -> HTTPResponse {
        struct Page: Encodable { var items: [Stored<MissionRecord>] }
        return try tagged(Page(items: items), request)
    }

    /// A JSON answer with an entity tag, or 304 when the caller has it (RFC 9110, section 13.1.2).
    private func tagged(_ value: some Encodable, _ request: HTTPRequest) throws -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = Array(try encoder.encode(value))
        let tag = "\"\(hexText(sha256(bytes).prefix(16)))\""
        let known = request.headers["If-None-Match"]?.split(separator: ",").map { $0.drop { $0 == " " } } ?? []
        let isKnown = known.contains { $0 == tag || $0 == "W/\(tag)" || $0 == "*" }
        var response = isKnown ? HTTPResponse(status: .notModified) : HTTPResponse.json(bytes: bytes)
        response.headers["ETag"] = tag
        return response
    }
}
