import FunctionKit

/// A page of Books' changes. Its amounts arrive digit for digit, as strings or as numbers.
public struct BooksPage: Decodable, Sendable, SyncPage, ExactNumbers {
    /// The changes in order. One that cannot be read does not keep the others away.
    public var entries: [Entry]
    /// Where the next page begins.
    public var nextCursor: String?
    /// Whether more follows.
    public var hasMore: Bool

    /// One change.
    public enum Entry: Decodable, Sendable {
        /// An invoice as it stands now.
        case invoice(id: String, Invoice)
        /// An invoice that is gone.
        case deleted(id: String)
        /// Something that is no invoice; the reason names the field.
        case unreadable(id: String?, reason: String)

        /// Decodes an invoice, or says why it is none.
        public init(from decoder: any Decoder) throws {
            let id = try? decoder.container(keyedBy: BooksKey.self).decode(PeerID.self, forKey: .id).description
            do {
                let books = try BooksInvoice(from: decoder)
                self = books.isDeleted ? .deleted(id: books.id) : .invoice(id: books.id, try books.invoice())
            } catch let error as DecodingError {
                self = .unreadable(id: id, reason: Self.field(of: error))
            }
        }

        private static func field(of error: DecodingError) -> String {
            switch error {
            case .keyNotFound(let key, _): "the field '\(key.stringValue)' is missing"
            case .valueNotFound(_, let context), .typeMismatch(_, let context), .dataCorrupted(let context):
                "the field '\(context.codingPath.last?.stringValue ?? "")' cannot be read"
            @unknown default: "it cannot be read"
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case entries = "invoices"
        case nextCursor = "next_cursor"
        case hasMore = "has_more"
    }

    /// Decodes a page; the last one may leave out where to go on.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        entries = try fields.decode([Entry].self, forKey: .entries)
        nextCursor = try fields.decodeIfPresent(String.self, forKey: .nextCursor)
        hasMore = try fields.decodeIfPresent(Bool.self, forKey: .hasMore) ?? false
    }
}

enum BooksKey: String, CodingKey {
    case id
    case number
    case clientID = "client_id"
    case status
    case currency
    case subtotal
    case tax
    case total
    case balance
    case issuedAt = "issued_at"
    case dueAt = "due_at"
    case payURL = "pay_url"
    case lines
    case payments
    case updatedAt = "updated_at"
    case deleted
}

/// An invoice in Books' form.
private struct BooksInvoice: Decodable {
    let id: String
    let isDeleted: Bool
    private let fields: KeyedDecodingContainer<BooksKey>

    init(from decoder: any Decoder) throws {
        fields = try decoder.container(keyedBy: BooksKey.self)
        id = try fields.decode(PeerID.self, forKey: .id).description
        isDeleted = try fields.decodeIfPresent(Bool.self, forKey: .deleted) ?? false
    }

    func invoice() throws -> Invoice {
        Invoice(
            number: try fields.decodeIfPresent(String.self, forKey: .number) ?? id,
            clientID: try fields.decode(PeerID.self, forKey: .clientID).description,
            status: try fields.decode(String.self, forKey: .status),
            currency: try currency(),
            subtotal: try fields.decodeIfPresent(DecimalText.self, forKey: .subtotal),
            tax: try fields.decodeIfPresent(DecimalText.self, forKey: .tax),
            total: try fields.decode(DecimalText.self, forKey: .total),
            balance: try fields.decodeIfPresent(DecimalText.self, forKey: .balance),
            issuedAt: try time(.issuedAt, dayEnds: false),
            dueAt: try time(.dueAt, dayEnds: true),
            payURL: try payURL(),
            lines: try fields.decodeIfPresent([BooksLine].self, forKey: .lines)?.map(\.line) ?? [],
            payments: try fields.decodeIfPresent([BooksPayment].self, forKey: .payments)?.map(\.payment) ?? [],
            booksUpdatedAt: try time(.updatedAt, dayEnds: false)
        )
    }

    /// Three letters, as ISO 4217 has them.
    private func currency() throws -> String {
        let text = try fields.decode(String.self, forKey: .currency).uppercased()
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw DecodingError.dataCorruptedError(forKey: .currency, in: fields, debugDescription: "No ISO 4217 code.")
        }
        return text
    }

    /// A link that a browser may follow; any other scheme is left out, since a client will click it.
    private func payURL() throws -> String? {
        guard let url = try fields.decodeIfPresent(String.self, forKey: .payURL) else { return nil }
        let isSafe = url.hasPrefix("https://") || url.hasPrefix("http://")
        return isSafe && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? url : nil
    }

    private func time(_ key: BooksKey, dayEnds: Bool) throws -> Timestamp? {
        guard let text = try fields.decodeIfPresent(String.self, forKey: key), !text.isEmpty else { return nil }
        guard let time = BooksTime.read(text, dayEnds: dayEnds) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: fields, debugDescription: "No RFC 3339 time.")
        }
        return time
    }
}

/// A line may lack everything; what it has must be readable.
private struct BooksLine: Decodable {
    let line: Invoice.Line

    private enum CodingKeys: String, CodingKey {
        case description
        case quantity
        case unitPrice = "unit_price"
        case amount
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        line = Invoice.Line(
            description: try fields.decodeIfPresent(String.self, forKey: .description) ?? "",
            quantity: try fields.decodeIfPresent(DecimalText.self, forKey: .quantity),
            unitPrice: try fields.decodeIfPresent(DecimalText.self, forKey: .unitPrice),
            amount: try fields.decodeIfPresent(DecimalText.self, forKey: .amount)
        )
    }
}

private struct BooksPayment: Decodable {
    let payment: Invoice.Payment

    private enum CodingKeys: String, CodingKey {
        case id
        case amount
        case paidAt = "paid_at"
        case method
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let paidAt = try fields.decodeIfPresent(String.self, forKey: .paidAt)
        payment = Invoice.Payment(
            id: try fields.decodeIfPresent(PeerID.self, forKey: .id)?.description,
            amount: try fields.decode(DecimalText.self, forKey: .amount),
            paidAt: paidAt.flatMap { BooksTime.read($0, dayEnds: false) },
            method: try fields.decodeIfPresent(String.self, forKey: .method)
        )
    }
}

/// A time as Books writes it: RFC 3339, or a day alone.
enum BooksTime {
    /// - Parameter dayEnds: true when a day alone means its last second (a due date), false for its first.
    static func read(_ text: String, dayEnds: Bool) -> Timestamp? {
        text.utf8.count == 10 ? Timestamp(text + (dayEnds ? "T23:59:59Z" : "T00:00:00Z")) : Timestamp(text)
    }
}
