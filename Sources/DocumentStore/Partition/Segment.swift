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

    var range: SegmentRange { file.range }
}
