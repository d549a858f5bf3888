import CSQLite
import FunctionKit

/// A SQLite database with the sample's table and index, through the C API with prepared statements.
///
/// `@unchecked Sendable`: the connection is opened without SQLite's own mutex; one thread at a time uses it, or `lock`.
final class SQLiteDatabase: @unchecked Sendable {
    /// How the table is kept: each measure's peer is the one that serves it better.
    enum Shape: String { case rowid, clustered }

    private var connection: OpaquePointer?
    private var insertion: OpaquePointer?
    private var selection: OpaquePointer?
    private var page: OpaquePointer?
    private let lock = LockedState(())

    init(_ path: String, _ shape: Shape = .rowid) {
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        check(sqlite3_open_v2(path, &connection, flags, nil))
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=FULL")
        // Everything that is measured warm fits.
        run("PRAGMA cache_size=-262144")
        run(
            """
            CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY NOT NULL, revision INTEGER, created_at INTEGER,
            updated_at INTEGER, number INTEGER, body BLOB) \(shape == .clustered ? "WITHOUT ROWID" : "")
            """
        )
        run("CREATE INDEX IF NOT EXISTS by_number ON tickets (number)")
        insertion = prepare("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?)")
        selection = prepare("SELECT revision, created_at, updated_at, body FROM tickets WHERE id = ?")
        page = prepare("SELECT id, revision, created_at, updated_at, body FROM tickets ORDER BY number LIMIT 50")
    }

    deinit {
        for statement in [insertion, selection, page] { sqlite3_finalize(statement) }
        sqlite3_close(connection)
    }

    func run(_ statement: String) { check(sqlite3_exec(connection, statement, nil, nil, nil)) }

    /// One row, which is one transaction unless one is open.
    func insert(_ id: String, _ position: Int, _ body: [UInt8], at time: Int64) {
        var id = id
        id.withUTF8 { id in
            body.withUnsafeBytes { body in
                id.withMemoryRebound(to: CChar.self) {
                    _ = sqlite3_bind_text(insertion, 1, $0.baseAddress, Int32($0.count), nil)
                }
                sqlite3_bind_int64(insertion, 2, Int64(position))
                sqlite3_bind_int64(insertion, 3, time)
                sqlite3_bind_int64(insertion, 4, time)
                sqlite3_bind_int64(insertion, 5, Int64(Sample.number(position)))
                sqlite3_bind_blob(insertion, 6, body.baseAddress, Int32(body.count), nil)
                let result = sqlite3_step(insertion)
                guard result == SQLITE_DONE else { return check(result) }
            }
        }
        sqlite3_reset(insertion)
    }

    /// ``insert(_:_:_:at:)`` for several threads.
    func insertAlone(_ id: String, _ position: Int, _ body: [UInt8], at time: Int64) {
        lock.withLock { _ in insert(id, position, body, at: time) }
    }

    /// Reads all columns of one row; returns the body's length, -1 when there is no such row. The body is not copied.
    func get(_ id: [CChar]) -> Int {
        id.withUnsafeBufferPointer { id in
            sqlite3_bind_text(selection, 1, id.baseAddress, Int32(id.count), nil)
            defer { sqlite3_reset(selection) }
            guard sqlite3_step(selection) == SQLITE_ROW else { return -1 }
            return readRow(selection, from: 0)
        }
    }

    /// Reads all columns of the first 50 rows by number; returns the bodies' length.
    func firstPage() -> Int {
        var sum = 0
        while sqlite3_step(page) == SQLITE_ROW {
            sum += Int(sqlite3_column_bytes(page, 0)) * (sqlite3_column_text(page, 0) == nil ? 0 : 1)
            sum += readRow(page, from: 1)
        }
        sqlite3_reset(page)
        return sum
    }

    /// Revision, both times, and the body where SQLite has it; returns its length.
    private func readRow(_ statement: OpaquePointer?, from column: Int32) -> Int {
        let numbers = (0..<3).reduce(Int64(0)) { $0 | sqlite3_column_int64(statement, column + Int32($1)) }
        let body = sqlite3_column_blob(statement, column + 3)
        guard numbers >= 0, body != nil else { return -1 }
        return Int(sqlite3_column_bytes(statement, column + 3))
    }

    private func prepare(_ text: String) -> OpaquePointer? {
        var statement: OpaquePointer?
        check(sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil))
        return statement
    }

    private func check(_ result: Int32) {
        guard result != SQLITE_OK else { return }
        fail("SQLite: \(String(cString: sqlite3_errmsg(connection)))")
    }
}
