internal import FunctionKit

/// The files that the locations of one tenant's documents refer to, at one moment.
struct LogFiles: Sendable {
    private var files: [LogFile] = []
    /// What was last written to them, and under which number; nil for files that are just being opened.
    private var recent: (writes: RecentWrites, log: UInt32)?

    init(_ files: [LogFile] = [], recent: (writes: RecentWrites, log: UInt32)? = nil) {
        self.files = files
        self.recent = recent
    }

    mutating func append(_ file: LogFile) { files.append(file) }

    /// Reads a body and makes sure that it is the one that was written there.
    ///
    /// - Throws: ``StoreError`` with `unavailable` when the disk fails, and with `damaged` for other bytes.
    func body(_ location: BodyLocation) throws(StoreError) -> [UInt8] {
        if let recent, let known = recent.writes.body(recent.log, location) { return known }
        return try Self.body(location, in: files.first { $0.number == location.file })
    }

    /// The same for a file that has been found already; nil when it was not.
    static func body(_ location: BodyLocation, in file: LogFile?) throws(StoreError) -> [UInt8] {
        guard let file else {
            throw StoreError(.unavailable, "The store looked for a document in a file that it has closed. Try again.")
        }
        let bytes = try onDisk { () throws(DiskError) in
            try file.open().readFully(at: location.offset, count: location.count)
        }
        guard bytes.count == location.count, Checksum.ofBody(bytes[...]) == location.checksum else {
            throw StoreError(
                .damaged,
                "The log '\(file.path)' is damaged: the document at byte \(location.offset) is not what was written there. Stop "
                    + "Postern and restore the file from a backup."
            )
        }
        return bytes
    }
}
