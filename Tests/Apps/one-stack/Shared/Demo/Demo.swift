import FunctionKit

/// The people and records that the sandbox begins with. `seed/` holds the portal's side of the same story.
enum Demo {
    static let dana = Person(
        hubUserID: "hub_dana",
        name: "Dana Reyes",
        email: "dana@borealis.example",
        phone: "+1 555 0101",
        tenantID: "tnt_acme",
        tenantSlug: "acme-msp",
        clientID: "borealis-bakery",
        accessLevel: "own",
        psaContactID: "psa_contact_dana",
        psaCompanyID: "psa_borealis",
        companyName: "Borealis Bakery"
    )
    static let sam = Person(
        hubUserID: "hub_sam",
        name: "Sam Okafor",
        email: "sam@borealis.example",
        phone: "+1 555 0102",
        tenantID: "tnt_acme",
        tenantSlug: "acme-msp",
        clientID: "borealis-bakery",
        accessLevel: "company_admin",
        psaContactID: "psa_contact_sam",
        psaCompanyID: "psa_borealis",
        companyName: "Borealis Bakery"
    )
    static let maria = Person(
        hubUserID: "hub_maria",
        name: "Maria Lindqvist",
        email: "maria@grace.example",
        phone: "+1 555 0103",
        tenantID: "tnt_grace",
        tenantSlug: "grace-mission",
        clientID: "grace-members",
        accessLevel: "own",
        psaContactID: "grace_contact_maria",
        psaCompanyID: "grace_members",
        companyName: "Grace Mission members"
    )

    /// The people by the short names in the Hub's URLs.
    static let people = ["dana": dana, "sam": sam, "maria": maria]

    static func tickets(now: Timestamp, id: String) -> [PSATicket] {
        [
            ticket(
                "PSA-OVEN01",
                "Oven display shows E4",
                "The big oven stops after ten minutes.",
                "high",
                [
                    comment(id, "Tess Technician", "We have ordered the sensor; it comes on Monday.", true, now),
                    comment("\(id)-note", "Tess Technician", "Third time this year. Offer a contract.", false, now),
                ]
            ),
            ticket("PSA-TILL01", "New till for the market stand", "Please set up the till by Friday.", "normal", []),
        ]
    }

    private static func ticket(
        _ number: String,
        _ subject: String,
        _ description: String,
        _ priority: String,
        _ comments: [PSATicket.Comment]
    ) -> PSATicket {
        PSATicket(
            tenantID: dana.tenantID,
            number: number,
            companyID: dana.psaCompanyID,
            contactID: dana.psaContactID,
            subject: subject,
            description: description,
            status: comments.isEmpty ? "new" : "in_progress",
            priority: priority,
            comments: comments
        )
    }

    private static func comment(
        _ id: String,
        _ author: String,
        _ body: String,
        _ isPublic: Bool,
        _ now: Timestamp
    ) -> PSATicket.Comment {
        PSATicket.Comment(id: id, authorName: author, body: body, isPublic: isPublic, createdAt: now)
    }

    static func invoices(now: Timestamp) throws -> [BooksInvoice] {
        try [
            invoice("INV-0001", .open, "Managed service, this month", 48_000, dueInDays: 14, now),
            invoice("INV-0002", .open, "Oven sensor and fitting", 21_050, dueInDays: -6, now),
            invoice("INV-0003", .draft, "Till for the market stand", 99_900, dueInDays: 30, now),
        ]
    }

    private static func invoice(
        _ number: String,
        _ status: BooksInvoice.Status,
        _ description: String,
        _ cents: Int64,
        dueInDays: Int64,
        _ now: Timestamp
    ) throws -> BooksInvoice {
        let input = NewInvoice(
            tenantID: dana.tenantID,
            clientID: "books_borealis",
            lines: [.init(description: description, quantity: 1, unitPrice: Money(cents: cents))],
            dueInDays: dueInDays
        )
        return try input.invoice(number: number, status: status, now: now)
    }

    static func missionRecords(now: Timestamp) -> [MissionRecord] {
        let day = Duration.seconds(86_400)
        return [
            record(.events, "Harvest supper", "Bring a dish; the hall opens at six.", at: now + day * 9),
            record(.events, "Choir rehearsal", "Every voice is welcome.", at: now + day * 3),
            record(.groups, "Gardeners", "Tuesdays at nine, behind the hall."),
            record(.groups, "Young families", "First Sunday of the month."),
            record(.directory, "Maria Lindqvist", "maria@grace.example"),
            record(.directory, "Tom Abara", "tom@grace.example"),
            record(.prayer, "For safe travels of the choir.", ""),
            record(.donations, "Roof fund", "By card", email: maria.email, cents: 5000, at: now - day * 20),
            record(.donations, "Kitchen", "By transfer", email: maria.email, cents: 2500, at: now - day * 50),
            record(.donations, "Roof fund", "By card", email: "tom@grace.example", cents: 9900, at: now - day * 5),
        ]
    }

    private static func record(
        _ kind: MissionRecord.Kind,
        _ title: String,
        _ detail: String,
        email: String? = nil,
        cents: Int64? = nil,
        at: Timestamp? = nil
    ) -> MissionRecord {
        MissionRecord(
            tenantID: maria.tenantID,
            kind: kind,
            title: title,
            detail: detail,
            memberEmail: email,
            amount: cents.map { Money(cents: $0) },
            at: at
        )
    }
}
