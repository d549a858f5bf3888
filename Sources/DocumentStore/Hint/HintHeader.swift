internal import FoundationEssentials
internal import FunctionKit

/// What a hint file stands for: the log up to a place.
struct HintHeader: Sendable {
    /// A file of the log as it was when the hint was made.
    struct Part: Sendable {
        var number: Int
        var range: SegmentRange
        var end: Int
        var sequence: Int64
        var marks: SegmentMarks
    }

    /// The number of the last batch that the hint stands for.
    var sequence: Int64
    var removalsSince: Int64
    /// The files; the hint stands for the last one up to its `end` and for the others as a whole.
    var segments: [Part]
    /// The end of the last line that the hint stands for, with its checksum: proof that it belongs to this log.
    var lastBytes: [UInt8]

    /// The end of a line with its newline.
    static func lastBytes(of file: any DiskFile, before end: Int) throws(DiskError) -> [UInt8] {
        let start = max(end - LogLine.suffixBytes - 1, 0)
        return try file.readFully(at: start, count: end - start)
    }
}

extension HintHeader {
    /// The header as JSON.
    private struct Text: Codable {
        struct Part: Codable {
            var number: Int
            var first: Int
            var last: Int
            var end: Int
            var sequence: Int64
            /// Sequence, offset and removals of each mark.
            var marks: [[Int64]]
        }

        var tenant: String
        var sequence: Int64
        var removalsSince: Int64
        var segments: [Part]
        var lastBytes: String
    }

    func json(_ tenant: TenantName) throws(StoreError) -> [UInt8] {
        let text = Text(
            tenant: tenant.description,
            sequence: sequence,
            removalsSince: removalsSince,
            segments: segments.map { part in
                Text.Part(
                    number: part.number,
                    first: part.range.first,
                    last: part.range.last,
                    end: part.end,
                    sequence: part.sequence,
                    marks: part.marks.marks.map { [$0.sequence, Int64($0.offset), Int64($0.removals)] }
                )
            },
            lastBytes: String(decoding: lastBytes, as: UTF8.self)
        )
        // Sorted, so that the same state makes the same file.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return Array(try encoder.encode(text))
        } catch {
            throw StoreError(
                .unavailable,
                "The header of the hint file of '\(tenant)' cannot be written as JSON: \(error)"
            )
        }
    }

    /// Reads a header; nil for anything else, and for another tenant's.
    init?(json: [UInt8], of tenant: TenantName) {
        guard let text = try? JSONDecoder().decode(Text.self, from: Data(json)), text.tenant == tenant.description
        else {
            return nil
        }
        segments = []
        for part in text.segments {
            var marks: [SegmentMarks.Mark] = []
            for mark in part.marks {
                guard mark.count == 3, mark[1] >= 0 else { return nil }
                marks.append(.init(sequence: mark[0], offset: Int(mark[1]), removals: Int(mark[2])))
            }
            guard (0...BodyLocation.fileMax).contains(part.number), part.first >= 1, part.last >= part.first,
                part.end > 0
            else { return nil }
            segments.append(
                Part(
                    number: part.number,
                    range: SegmentRange(part.first, part.last),
                    end: part.end,
                    sequence: part.sequence,
                    marks: SegmentMarks(marks)
                )
            )
        }
        guard !segments.isEmpty, Set(segments.map(\.number)).count == segments.count else { return nil }
        sequence = text.sequence
        removalsSince = text.removalsSince
        lastBytes = Array(text.lastBytes.utf8)
    }
}
