internal import FunctionKit

/// One line of a tenant's log.
///
/// The log is a row of segment files in JSON Lines; see ``SegmentRange`` for their names. Each line ends with
/// `,"crc":"xxxxxxxx"}` and a newline, where the digits are the CRC-32 of everything before that comma. The first line of a file
/// is its header, each other one a batch or a schema:
///
///     {"postern_log":2,"tenant":"acme","first":1,"last":1,"seq":0,"through":0,"removals_since":0,"at":"…","schemas":[…],"crc":"…"}
///     {"seq":1,"group":1,"at":"…","ops":[{"put":"tickets","id":"…","doc":{…}},{"delete":"tickets","id":"…"}],"crc":"…"}
///     {"seq":2,"group":2,"at":"…","schema":{…},"crc":"…"}
///
/// A put also has `created_at` and `updated_at` where they differ from the line's `at`, and `expires_at` when it expires.
/// `group` is the number of the first line that went to the disk in the same write: a line is written only after every earlier
/// group was synced, which tells a torn tail from damage.
///
/// A compacted file holds what is left of its segments, each operation under the number of its own batch; so numbers are
/// missing up to `through`. Its last line says that it is all there:
///
///     {"end":812,"lines":97,"crc":"…"}
enum LogLine {
    case header(LogHeader)
    case batch(LogBatch)
    case schema(CollectionSchema, sequence: Int64, group: Int64, at: Timestamp)
    /// The end of a compacted file, and how many lines stand before it, the header included.
    case end(sequence: Int64, lines: Int64)

    /// The version of the format.
    static let version: Int64 = 2
    /// The end of a line: `,"crc":"` and eight digits, quote, brace; without the newline.
    static let suffixBytes = 18
    /// The longest line: the documents of one batch, and the ids and times of its writes with every byte escaped.
    static let bytesMax = StoreLimits.batchBytesMax + StoreLimits.batchWritesMax * 2048 + (1 << 20)
}

/// The first line of a segment file.
struct LogHeader {
    var tenant: String
    var range: SegmentRange
    /// The number of the last batch before this file; 0 at the beginning of the log.
    var sequence: Int64
    /// Of a compacted file, the number of the last batch that it stands for; otherwise ``sequence``.
    var through: Int64
    /// Removals up to this number have been left out, as no reader of changes may begin so far back.
    var removalsSince: Int64
    var at: Timestamp
    var schemas: [CollectionSchema]

    var isCompacted: Bool { through > sequence }
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
        /// The operation's place in the line, braces included.
        var range: Range<Int>
    }

    var sequence: Int64
    var group: Int64
    var at: Timestamp
    var operations: [Operation]
}
