public import FunctionKit

/// A folder in memory.
public final class MemoryFolder: FileFolder {
    private let state = LockedState<[String: [UInt8]]>([:])

    /// Makes an empty folder.
    public init() {}

    /// Keeps the file.
    public func write(_ bytes: [UInt8], to path: String) async throws -> String {
        state.withLock { $0[path] = bytes }
        return "memory:\(path)"
    }

    /// The files by path.
    public var files: [String: [UInt8]] { state.withLock { $0 } }
}
