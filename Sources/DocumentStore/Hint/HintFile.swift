internal import FunctionKit

/// A tenant's hint file: where every document lies and what the indexes hold, as of a place in the log, so that a start reads
/// this file and the log behind that place instead of all documents.
///
/// It is a cache. It may be missing or stale, and one that is damaged is noticed and not used. It begins with a line of text;
/// frames follow, each with its length and its XXH3 in little-endian order. The first frame is the header, the others are pieces
/// of ``PartitionState``; an empty frame is the end.
struct HintFile {
    /// Why a hint file cannot be used.
    typealias Failure = StateDecodingError

    let header: HintHeader
    private(set) var state: PartitionState

    static let firstLine = Array("{\"postern_hint\":1}\n".utf8)
    /// A frame's length in four bytes and its checksum in eight.
    static let frameHeaderBytes = 12
    /// The longest frame that is read.
    static let frameBytesMax = 64 << 20

    /// Reads a tenant's hint file.
    ///
    /// - Throws: ``Failure`` when it cannot be read or is not whole.
    init(_ tenant: TenantName, _ folder: DataFolder) throws(Failure) {
        var reader = try HintReader(folder.hint(of: tenant), folder.disk)
        guard let header = HintHeader(json: try reader.frame(), of: tenant) else {
            throw Failure("its header is not that of this tenant")
        }
        state = try Self.state(of: tenant, fileMax: header.segments.map(\.number).max() ?? 0, &reader)
        try reader.expectEnd()
        guard state.lastSequence == header.sequence else {
            throw Failure("its documents are of another moment than its header")
        }
        self.header = header
    }

    private static func state(
        of tenant: TenantName,
        fileMax: Int,
        _ reader: inout HintReader
    ) throws(Failure) -> PartitionState {
        do {
            return try PartitionState(tenant: tenant, fileMax: fileMax) { (count) throws(Failure) in
                try reader.bytes(count)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(error)")
        }
    }
}

/// Reads the frames of a hint file, checks each, and hands their bytes out in pieces of any size.
private struct HintReader {
    private let file: any DiskFile
    private var offset: Int
    private var current: [UInt8] = []
    private var position = 0

    init(_ path: String, _ disk: any Disk) throws(HintFile.Failure) {
        let file = try Self.access { () throws(DiskError) in try disk.open(path, .read) }
        guard let file else { throw HintFile.Failure("it is gone") }
        self.file = file
        offset = 0
        guard try read(HintFile.firstLine.count) == HintFile.firstLine else {
            throw HintFile.Failure("it does not begin as a hint file of this version")
        }
    }

    private static func access<Result>(_ body: () throws(DiskError) -> Result) throws(HintFile.Failure) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            throw HintFile.Failure("could not \(error.description)")
        }
    }

    private mutating func read(_ count: Int) throws(HintFile.Failure) -> [UInt8] {
        let bytes = try Self.access { () throws(DiskError) in try file.readFully(at: offset, count: count) }
        guard bytes.count == count else {
            throw HintFile.Failure("it breaks off at byte \(offset + bytes.count)")
        }
        offset += count
        return bytes
    }

    /// The next frame; empty for the last one.
    mutating func frame() throws(HintFile.Failure) -> [UInt8] {
        let start = offset
        let head = try read(HintFile.frameHeaderBytes)
        let count = head[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        let checksum = head[4...].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        guard count <= HintFile.frameBytesMax else { throw damage(start) }
        let bytes = try read(count)
        guard Checksum.xxh3(bytes[...]) == checksum else { throw damage(start) }
        return bytes
    }

    private func damage(_ offset: Int) -> HintFile.Failure {
        HintFile.Failure("it is damaged at byte \(offset)")
    }

    /// The next bytes of the frames behind the header.
    mutating func bytes(_ count: Int) throws(HintFile.Failure) -> [UInt8] {
        // A whole frame is what is mostly asked for, and is handed on as it is.
        if position == current.count {
            current = try frame()
            position = 0
            if current.count == count {
                defer { current = [] }
                return current
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(min(count, HintFile.frameBytesMax))
        while result.count < count {
            if position == current.count {
                current = try frame()
                position = 0
                guard !current.isEmpty else { throw HintFile.Failure("it ends before byte \(offset)") }
            }
            let taken = min(count - result.count, current.count - position)
            result.append(contentsOf: current[position..<position + taken])
            position += taken
        }
        return result
    }

    private func isAtEnd() throws(HintFile.Failure) -> Bool {
        try Self.access { () throws(DiskError) in try file.size() } == offset
    }

    mutating func expectEnd() throws(HintFile.Failure) {
        guard position == current.count, try frame().isEmpty, try isAtEnd() else {
            throw HintFile.Failure("more stands in it than belongs there, from byte \(offset)")
        }
    }
}
