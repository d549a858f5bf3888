internal import FunctionKit

/// One line of a tenant's log.
///
/// The log is JSON Lines. Each line ends with `,"crc":"xxxxxxxx"}` and a newline, where the digits are the CRC-32 of everything
/// before that comma. The first line is the header, each other one a batch or a schema:
///
///     {"postern_log":1,"tenant":"acme","seq":0,"snapshot":0,"at":"…","schemas":[…],"crc":"…"}
///     {"seq":1,"group":1,"at":"…","ops":[{"put":"tickets","id":"…","doc":{…}},{"delete":"tickets","id":"…"}],"crc":"…"}
///     {"seq":2,"group":2,"at":"…","schema":{…},"crc":"…"}
///
/// A put also has `created_at`, `updated_at` and `revision` where they differ from the line's `at` and `seq`, and
/// `expires_at` when it expires. `group` is the number of the first line that went to the disk in the same write: a line is
/// written only after every earlier group was synced, which tells a torn tail from damage.
enum LogLine {
    case header(LogHeader)
    case batch(LogBatch)
    case schema(CollectionSchema, sequence: Int64, group: Int64, at: Timestamp)

    /// The version of the format.
    static let version: Int64 = 1
    /// The end of a line: `,"crc":"` and eight digits, quote, brace; without the newline.
    static let suffixBytes = 18
    /// The longest line: the documents of one batch, and the ids and times of its writes with every byte escaped.
    static let bytesMax = StoreLimits.batchBytesMax + StoreLimits.batchWritesMax * 2048 + (1 << 20)
}

/// The first line of a log.
struct LogHeader {
    var tenant: String
    /// The number of the last batch before this log; 0 for a new tenant.
    var sequence: Int64
    /// How many lines behind the header hold what was there before, all with the header's number.
    var snapshotLines: Int64
    var at: Timestamp
    var schemas: [CollectionSchema]
}

/// A batch as it stands in a log.
struct LogBatch {
    enum Effect {
        /// The body's place in the line.
        case put(DocumentTimes, body: Range<Int>)
        case delete
    }

    struct Operation {
        var key: DocumentKey
        var effect: Effect
    }

    var sequence: Int64
    var group: Int64
    var at: Timestamp
    var operations: [Operation]
}

extension BodyLocation {
    /// A place in the one file that a tenant has.
    init(offset: Int, count: Int) { self.init(file: 0, offset: offset, count: count, checksum: 0) }
}
