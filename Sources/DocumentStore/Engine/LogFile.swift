internal import FunctionKit

/// A segment file that is opened when it is needed and may be closed in between.
///
/// A caller keeps the open file that it got, so closing never takes it away from an access that goes on.
final class LogFile: Sendable {
    private struct State {
        var file: (any DiskFile)?
        var lastUse: UInt64 = 0
    }

    /// What locations call this file, within its tenant.
    let number: Int
    let range: SegmentRange
    let path: String
    private let mode: DiskOpenMode
    private let handles: FileHandles
    private let state: LockedState<State>

    /// Makes a file that is opened later.
    init(number: Int, range: SegmentRange, path: String, mode: DiskOpenMode, handles: FileHandles) {
        self.number = number
        self.range = range
        self.path = path
        self.mode = mode
        self.handles = handles
        state = LockedState(State())
    }

    /// The open file.
    ///
    /// - Throws: ``DiskError`` with `ENOENT` among others, when a compaction has removed the file meanwhile.
    func open() throws(DiskError) -> any DiskFile {
        let use = handles.nextUse()
        if let file = state.withLock({ state in
            state.lastUse = use
            return state.file
        }) {
            return file
        }
        let file = try handles.open(path, mode)
        let isFirst = state.withLock { state in
            defer { state.file = state.file ?? file }
            return state.file == nil
        }
        if isFirst { handles.note(self) }
        return file
    }

    /// Closes the file once nobody reads from it any more.
    func close() {
        handles.forget(self)
        // The file itself goes outside of the lock.
        _ = state.withLock { $0.file.take() }
    }

    var lastUse: UInt64 { state.withLock { $0.lastUse } }
}
