import CSendBatch
import Glibc

/// Answers of several connections that go out by one system call, at the end of a loop's turn.
///
/// Each `send(2)` wakes a client, and on a busy machine that client takes the processor from the loop in the middle of its turn: per
/// answer two changes of thread, of which a batch leaves a few per turn. Where the system has no `io_uring(7)`, or forbids it (as
/// containers do), there is no batch, and each answer is sent by itself.
///
/// Invariant of the memory: it has `bytesMax` bytes, of which the first `used` are initialized and belong to the entries, in their
/// order; they do not move before ``perform(_:)`` has ended, so the system may read them until then. `results` has room for
/// `capacity`.
final class SendBatch {
    /// What an answer had for a result.
    struct Outcome {
        let connection: SocketConnection
        let outcome: SocketCalls.Outcome
        /// The whole answer, of which the outcome counts the bytes that were taken; only until ``SendBatch/perform(_:)`` ends.
        let bytes: UnsafeBufferPointer<UInt8>
    }

    private struct Entry {
        let connection: SocketConnection
        let start: Int
        let count: Int
    }

    /// Answers that go out together. More of them would keep the first ones waiting for longer than they gain.
    static let capacity = 32
    /// Longer answers are sent at once, by themselves.
    static let answerBytesMax = 4096
    private static let bytesMax = 65_536

    private let batch: OpaquePointer
    private let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: SendBatch.bytesMax)
    private let results = UnsafeMutablePointer<CInt>.allocate(capacity: SendBatch.capacity)
    @exclusivity(unchecked) private var used = 0
    @exclusivity(unchecked) private var entries: [Entry] = []
    /// What TLS seals an answer into on its way to ``add(_:of:)``: one for all connections, so that those that wait hold none.
    @exclusivity(unchecked) var record: [UInt8] = []

    /// Nil where the system has no batches. To be made by the thread that uses it.
    init?() {
        guard let batch = postern_send_batch_open(UInt32(SendBatch.capacity)) else { return nil }
        self.batch = batch
        results.initialize(repeating: 0, count: SendBatch.capacity)
        entries.reserveCapacity(SendBatch.capacity)
    }

    deinit {
        postern_send_batch_close(batch)
        memory.deallocate()
        results.deallocate()
    }

    var isEmpty: Bool { entries.isEmpty }
    /// Whether another answer has room, with what TLS adds to it, so that it is taken.
    var hasRoom: Bool {
        entries.count < SendBatch.capacity && SendBatch.bytesMax - used >= 2 * SendBatch.answerBytesMax
    }

    /// Copies an answer in; false when there is no room for it before the others are sent.
    func add(_ bytes: UnsafeBufferPointer<UInt8>, of connection: SocketConnection) -> Bool {
        guard let first = bytes.baseAddress, bytes.count <= SendBatch.bytesMax - used,
            postern_send_batch_add(batch, connection.id.descriptor, memory + used, bytes.count)
        else { return false }
        memcpy(memory + used, first, bytes.count)
        entries.append(Entry(connection: connection, start: used, count: bytes.count))
        used += bytes.count
        return true
    }

    /// Sends everything, and tells what became of each answer.
    ///
    /// - Returns: false when the system refused to go on; what it had not tried is sent by itself, and the batch must not be used again.
    func perform(_ body: (Outcome) -> Void) -> Bool {
        let isSound = postern_send_batch_perform(batch, results) == 0
        for index in entries.indices {
            let entry = entries[index]
            let bytes = UnsafeBufferPointer(start: memory + entry.start, count: entry.count)
            body(Outcome(connection: entry.connection, outcome: outcome(results[index], entry, bytes), bytes: bytes))
        }
        entries.removeAll(keepingCapacity: true)
        used = 0
        return isSound
    }

    private func outcome(_ result: CInt, _ entry: Entry, _ bytes: UnsafeBufferPointer<UInt8>) -> SocketCalls.Outcome {
        switch result {
        case 0...: .bytes(Int(result))
        case -EAGAIN: .wouldBlock
        // Interrupted, or not tried.
        case -EINTR, CInt(postern_not_sent):
            SocketCalls.write(
                entry.connection.id.descriptor,
                bytes,
                UnsafeBufferPointer(start: nil, count: 0),
                hasMore: false
            )
        default: .failed
        }
    }
}
