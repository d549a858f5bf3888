internal import FunctionKit

/// One segment file of an open tenant.
struct Segment: Sendable {
    var file: LogFile
    var header: LogHeader
    /// Where its last durable line ends.
    var end: Int
    /// The number of its last batch, or of the one before it while it has none.
    var sequence: Int64
    var marks: SegmentMarks
    /// Where the room ends that has been written behind ``end``; 0 for none.
    var roomEnd = 0

    var range: SegmentRange { file.range }
}
