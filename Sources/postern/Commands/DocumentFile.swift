import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit
import Glibc

/// A JSON Lines file with documents, or standard input.
///
/// A file is checked to its end before the first document is written, so that a bad line changes nothing. Standard input can
/// be read only once: there, the documents before a bad line stay, and the error says so.
struct DocumentFile {
    /// The file; `-` for standard input.
    let path: String
    /// The only collection of the file; nil when its lines say it.
    let collection: CollectionName?

    /// How many lines one request to a host carries: 2000.
    private static let requestLines = 2000
    /// How many bytes one request to a host carries, unless one line has more: 4 MiB.
    private static let requestBytes = 4 << 20
    private static let chunkBytes = 1 << 18

    /// Reads the whole file, unless it is standard input.
    func check() throws {
        guard path != "-" else { return }
        let reader = try open()
        var number = 0
        try forEachLine(reader) { line in
            number += 1
            do throws(StoreError) {
                _ = try TransferLine(line, number: number, collection: collection)
            } catch {
                throw failure(ExitCode.dataError, "\(error.message) Nothing was imported.")
            }
        }
    }

    /// Writes the documents into a folder's store.
    func send(to importing: consuming TenantImport) async throws -> ImportCounts {
        let reader = try open()
        var importing = importing
        do {
            while let chunk = try read(reader) { try await importing.take(chunk) }
            return try await importing.finish()
        } catch let error as ImportError {
            throw failure(StoreCommand.failure(error.cause).exitCode, error.message)
        }
    }

    /// Writes the documents into the store of a running host, with as many requests as it takes.
    ///
    /// - Parameter path: below `/admin`, with a query.
    func send(to client: AdminClient, _ target: String, wait: Duration) async throws -> ImportCounts {
        let reader = try open()
        var splitter = LineSplitter()
        var counts = ImportCounts()
        var body: [UInt8] = []
        var lines = 0
        func flush() async throws {
            guard lines > 0 else { return }
            let answer = try await send(body, to: client, "\(target)&first_line=\(counts.lines + 1)", wait)
            counts.lines += lines
            counts.imported += answer.imported
            counts.skipped += answer.skipped
            body = []
            lines = 0
        }
        func add(_ line: [UInt8]) async throws {
            body += line
            body.append(UInt8(ascii: "\n"))
            lines += 1
            if lines >= Self.requestLines || body.count >= Self.requestBytes { try await flush() }
        }
        while let chunk = try read(reader) {
            splitter.append(chunk)
            while let line = try next(&splitter, counts.lines + lines + 1) { try await add(line) }
        }
        if let line = splitter.rest() { try await add(line) }
        try await flush()
        return counts
    }

    private func send(
        _ body: [UInt8],
        to client: AdminClient,
        _ target: String,
        _ wait: Duration
    ) async throws -> ImportCounts {
        let (status, answer) = try await client.send(.post, target, body: body, wait: wait)
        if status == .ok { return try JSONDecoder().decode(ImportCounts.self, from: Data(answer)) }
        guard let refusal = try? JSONDecoder().decode(ImportRefusal.self, from: Data(answer)) else {
            throw AdminClient.failure(status, answer)
        }
        throw failure(ExitCode.dataError, refusal.error.message)
    }

    private func next(_ splitter: inout LineSplitter, _ number: Int) throws -> [UInt8]? {
        do throws(StoreError) {
            return try splitter.next()
        } catch {
            throw failure(ExitCode.dataError, "Line \(number): \(error.message)")
        }
    }

    private func forEachLine(_ reader: OpenFile, _ body: ([UInt8]) throws -> Void) throws {
        var splitter = LineSplitter()
        var number = 1
        while let chunk = try read(reader) {
            splitter.append(chunk)
            while let line = try next(&splitter, number) {
                try body(line)
                number += 1
            }
        }
        if let line = splitter.rest() { try body(line) }
    }

    private func failure(_ code: Int32, _ message: String) -> CommandFailure {
        CommandFailure(code, "'\(path)': \(message)")
    }

    private func open() throws -> OpenFile {
        let descriptor = path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable }
        return OpenFile(descriptor)
    }

    private func read(_ file: OpenFile) throws -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
            let result = Glibc.read(file.descriptor, buffer.baseAddress, buffer.count)
            failed = result < 0
            count = max(result, 0)
        }
        if failed { throw unreadable }
        return bytes.isEmpty ? nil : bytes
    }

    private var unreadable: CommandFailure {
        CommandFailure(ExitCode.dataError, "'\(path)' cannot be read: \(String(cString: strerror(errno))).")
    }

    /// Closes a descriptor with its last user; standard input stays open.
    private final class OpenFile: Sendable {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { if descriptor != STDIN_FILENO { close(descriptor) } }
    }
}
