/// Every access of the store to files. One implementation is the operating system; tests inject failures through another.
package protocol Disk: Sendable {
    /// Makes a folder; an existing one is fine. The folder above must exist.
    func makeFolder(_ path: String) throws(DiskError)

    /// The names in a folder, in no order, without `.` and `..`; nil when there is no such folder.
    func names(in folder: String) throws(DiskError) -> [String]?

    /// Opens a file; nil when it does not exist and the mode does not create it.
    func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)?

    /// Gives a file another name, over an existing file of that name, at once.
    func rename(_ path: String, to newPath: String) throws(DiskError)

    /// Removes a file; an absent one is fine.
    func remove(_ path: String) throws(DiskError)

    /// Makes the names in a folder durable.
    func syncFolder(_ path: String) throws(DiskError)
}

/// How a file is opened.
package enum DiskOpenMode: Sendable {
    /// An existing file for reading.
    case read
    /// An existing file for reading and writing.
    case write
    /// A file for reading and writing that is made when it is absent and emptied when it is there.
    case create
    /// A file for reading and writing that is made when it is absent and kept when it is there.
    case createOrKeep
}

/// An open file; it is closed when nobody refers to it any more.
package protocol DiskFile: AnyObject, Sendable {
    /// The length in bytes now.
    func size() throws(DiskError) -> Int

    /// Some of `count` bytes from `offset` on: at least one before the end of the file, none at its end. As with the system's
    /// own calls, fewer than asked for prove nothing; ``readFully(at:count:)`` goes on.
    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8]

    /// Writes all bytes at `offset`. After an error any part of them may have been written.
    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError)

    /// Cuts the file off.
    func truncate(to size: Int) throws(DiskError)

    /// Makes everything written so far durable. After an error nothing is known of it, and asking again proves nothing.
    func sync() throws(DiskError)

    /// Takes the file for this process; false when another one has it. Released when the file is closed.
    func lock() throws(DiskError) -> Bool
}

extension DiskFile {
    /// `count` bytes from `offset` on; fewer only at the end of the file.
    package func readFully(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        var bytes = try read(at: offset, count: count)
        while bytes.count < count {
            let more = try read(at: offset + bytes.count, count: count - bytes.count)
            guard !more.isEmpty else { break }
            bytes.append(contentsOf: more)
        }
        return bytes
    }
}

/// A failed access, with the system's reason.
package struct DiskError: Error, Sendable, CustomStringConvertible {
    /// What was tried: `open`, `write`.
    package let operation: String
    /// The file or folder.
    package let path: String
    /// The system's number, such as `ENOSPC`.
    package let number: Int32

    /// Makes an error.
    package init(_ operation: String, _ path: String, _ number: Int32) {
        self.operation = operation
        self.path = path
        self.number = number
    }
}
