internal import FunctionKit

/// Takes the operations of a log over into a state, line by line.
struct LogReplay {
    private(set) var state: PartitionState
    /// The newest number up to which removals have been left out.
    private(set) var removalsSince: Int64
    private(set) var marks = SegmentMarks()

    /// Prepares to replay into a state.
    init(_ state: consuming PartitionState, removalsSince: Int64) {
        self.state = state
        self.removalsSince = removalsSince
    }

    /// Forgets the marks of the segment before.
    mutating func beginSegment(_ marks: SegmentMarks = SegmentMarks()) { self.marks = marks }

    /// Takes one line over.
    ///
    /// - Parameters:
    ///   - file: the number of the file for locations.
    ///   - oldBody: reads a document that the line replaces or removes.
    /// - Throws: ``StoreError`` when the line holds what no commit accepts, or when `oldBody` fails.
    mutating func take(
        _ line: SegmentReader.Line,
        file: Int,
        oldBody: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        switch line.parsed {
        case .header(let header):
            removalsSince = max(removalsSince, header.removalsSince)
            for schema in header.schemas { try adopt(schema, at: header.at, oldBody) }
        case .end(let sequence, _): state.restore(lastSequence: sequence)
        case .schema(let schema, let sequence, _, let at):
            try adopt(schema, at: at, oldBody)
            marks.add(sequence, at: line.offset, removals: 0)
            state.restore(lastSequence: sequence)
        case .batch(let batch):
            var removals = 0
            for operation in batch.operations {
                if case .delete = operation.effect { removals += 1 }
                try apply(operation, line, file, oldBody)
            }
            marks.add(batch.sequence, at: line.offset, removals: removals)
            state.restore(lastSequence: batch.sequence)
        }
    }

    private mutating func apply(
        _ operation: LogBatch.Operation,
        _ line: SegmentReader.Line,
        _ file: Int,
        _ oldBody: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        guard case .put(let times, let body) = operation.effect else {
            return try state.restoreRemoval(of: operation.key, oldBody: oldBody)
        }
        let location = BodyLocation(
            file: file,
            offset: line.offset + body.lowerBound,
            count: body.count,
            checksum: Checksum.ofBody(line.bytes[body])
        )
        try state.restore(operation.key, times, body: line.bytes[body], at: location, oldBody: oldBody)
    }

    private mutating func adopt(
        _ schema: CollectionSchema,
        at moment: Timestamp,
        _ body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        if let plan = try state.plan(schema, at: moment, body: body) { state.apply(plan, sequence: nil) }
    }

    /// Builds what a bulk load has put off, and gives the state away.
    consuming func finish(body: (DocumentRecord) throws(StoreError) -> [UInt8]) throws(StoreError) -> PartitionState {
        try state.finishLoading(body: body)
        return state
    }
}
