internal import FunctionKit

/// A call of a client with its beginning, its end and its answer.
struct Operation {
    enum Call {
        case get(Place)
        case page(PageRequest)
        case commit(batch: Int)
    }

    enum Answer {
        /// None: the machine stopped before.
        case none
        case document(Held?)
        case page([Held], hasMore: Bool)
        case receipt(revision: Int64, at: Timestamp)
        case failure(StoreError.Code)
    }

    let tenant: Int
    /// Which life of the process it belongs to.
    let life: Int
    let begun: Int
    let call: Call
    var ended: Int?
    var answer = Answer.none
}

/// A batch that a client has sent, and what is known of it.
struct Batch {
    enum Write {
        case create(version: Int)
        case replace(version: Int, expected: Int64)
        case upsert(version: Int)
        case delete(expected: Int64?)
        case check(expected: Int64?)

        /// The version that it writes.
        var version: Int? {
            switch self {
            case .create(let version), .replace(let version, _), .upsert(let version): version
            case .delete, .check: nil
            }
        }

        var isDelete: Bool {
            if case .delete = self { true } else { false }
        }
    }

    enum Status {
        /// No answer, or one that leaves it open whether it was done.
        case unknown
        case acknowledged
        /// Somebody has seen it although nobody acknowledged it; so it is done.
        case seen
        /// Refused, or gone with a crash: nobody may ever see it.
        case gone
    }

    let tenant: Int
    let operation: Int
    var writes: [(place: Place, write: Write)]
    var status = Status.unknown
    var revision: Int64?
    var committedAt: Timestamp?

    var isKnown: Bool { revision != nil }
    var puts: Bool { writes.contains { $0.write.version != nil } }
    var changes: Bool { writes.contains { $0.write.version != nil || $0.write.isDelete } }
}
