import FunctionKit
import Glibc

/// Reads a JSON Lines file and writes each line's document, whether it exists or not.
///
/// A file is checked to its end before the first document is written, so that a bad line changes nothing. Standard input can
/// be read only once: there, the documents before a bad line stay, and the error says how many they are.
struct DocumentImporter {
    /// How many documents are committed together: 200.
    private static let batchDocuments = 200
    /// How many bytes are committed together, unless one document has more: 4 MiB.
    private static let batchBytes = 4 << 20

    let partition: any TenantPartition
    let collection: CollectionName
    /// The file; `-` for standard input.
    let path: String

    /// Imports everything.
    ///
    /// - Returns: how many documents were written.
    func run() async throws -> Int {
        if path != "-" {
            var lines = try LineReader(path: path)
            while let line = try lines.next() { _ = try write(of: line, number: lines.number) }
        }
        var lines = try LineReader(path: path)
        var batch = WriteBatch()
        var bytes = 0
        var count = 0
        while let line = try lines.next() {
            do {
                guard let write = try write(of: line, number: lines.number) else { continue }
                batch.writes.append(write)
            } catch let failure as CommandFailure where path == "-" && count > 0 {
                throw CommandFailure(
                    failure.exitCode,
                    "\(failure.message) The first \(count) documents are imported already."
                )
            }
            bytes += line.count
            if batch.writes.count == Self.batchDocuments || bytes >= Self.batchBytes {
                count += try await commit(&batch)
                bytes = 0
            }
        }
        return count + (try await commit(&batch))
    }

    private func commit(_ batch: inout WriteBatch) async throws -> Int {
        // The last of several lines with one id counts, as it would if each line were committed alone.
        var latest: [DocumentKey: WriteBatch.Write] = [:]
        for write in batch.writes { latest[write.key] = write }
        let count = batch.writes.count
        _ = try await partition.commit(WriteBatch(batch.writes.isEmpty ? [] : Array(latest.values)))
        batch.writes = []
        return count
    }

    /// The write that a line stands for; nil for an empty line.
    private func write(of line: [UInt8], number: Int) throws -> WriteBatch.Write? {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return nil }
        do throws(StoreError) {
            let document = try ExternalDocument(line, name: "Line \(number)")
            guard let id = document.id else {
                throw StoreError(.invalidDocument, "Line \(number) has no 'id'. Every document needs one, a text.")
            }
            return WriteBatch.Write(
                DocumentKey(collection, try DocumentID(id)),
                .upsert(
                    WriteBatch.Content(
                        body: document.body,
                        createdAt: document.createdAt,
                        updatedAt: document.updatedAt
                    )
                )
            )
        } catch {
            throw CommandFailure(ExitCode.dataError, "'\(path)': \(error.message)")
        }
    }
}

/// Reads a file line by line with a bound on the length of a line.
struct LineReader {
    /// The longest line: a document at its bound and a little more for its id and times.
    static let lineBytesMax = StoreLimits.documentBytesMax + 4096

    /// The number of the last line that was read, from 1.
    private(set) var number = 0
    private let path: String
    private let file: OpenFile
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(path: String) throws {
        self.path = path
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(
                ExitCode.dataError,
                "'\(path)' cannot be read: \(String(cString: strerror(errno)))."
            )
        }
        file = OpenFile(descriptor)
    }

    /// The next line without its line break; nil at the end.
    mutating func next() throws -> [UInt8]? {
        while true {
            if let end = buffer[position...].firstIndex(of: 0x0A) {
                defer { position = end + 1 }
                number += 1
                return Array(buffer[position..<end])
            }
            if isAtEnd {
                guard position < buffer.count else { return nil }
                defer { position = buffer.count }
                number += 1
                return Array(buffer[position...])
            }
            try fill()
        }
    }

    private mutating func fill() throws {
        buffer.removeFirst(position)
        position = 0
        guard buffer.count <= Self.lineBytesMax else {
            throw CommandFailure(
                ExitCode.dataError,
                "'\(path)': line \(number + 1) is longer than \(Self.lineBytesMax) bytes."
            )
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        let count = read(file.descriptor, &chunk, chunk.count)
        guard count >= 0 else {
            throw CommandFailure(
                ExitCode.dataError,
                "'\(path)' cannot be read: \(String(cString: strerror(errno)))."
            )
        }
        if count == 0 { isAtEnd = true }
        buffer.append(contentsOf: chunk[..<count])
    }

    /// Closes a descriptor with its last user; standard input stays open.
    private final class OpenFile: Sendable {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { if descriptor != STDIN_FILENO { close(descriptor) } }
    }
}
