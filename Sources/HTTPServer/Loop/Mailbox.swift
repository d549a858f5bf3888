import CLinux
import FunctionKit
import Glibc

/// Names a connection of a loop; the generation tells it from an earlier one with the same descriptor.
struct ConnectionID: Sendable, Hashable {
    var descriptor: CInt
    var generation: UInt32

    /// The same as one number, for the system to give back.
    var eventKey: UInt64 { UInt64(UInt32(bitPattern: descriptor)) | UInt64(generation) << 32 }
}

/// What other threads tell an event loop.
enum LoopMessage: Sendable {
    /// Serve a socket that another loop has accepted.
    case adopt(AcceptedSocket)
    /// The next part of a streamed response.
    case responsePart(ConnectionID, StreamedParts.Part)
    /// Run a step of a call.
    case job(UnownedJob, HTTPCall)
    /// The reader of a request body has room.
    case bodyDemand(ConnectionID)
    /// Stop accepting, finish what runs, and end at the deadline (milliseconds of ``SystemTime``) at the latest.
    case drain(DrainDeadlines)
}

/// The way into an event loop from other threads: messages, and an eventfd that wakes the loop for the first of them.
final class Mailbox: Sendable {
    private struct State {
        var messages: [LoopMessage] = []
        var isClosed = false
    }

    private let state = LockedState(State())
    /// Readable when messages wait.
    let descriptor: CInt

    init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { Glibc.close(descriptor) }

    /// Leaves a message; false when the loop has ended and nobody will read it.
    @discardableResult
    func post(_ message: LoopMessage) -> Bool {
        let (isFirst, isClosed) = state.withLock { state in
            if state.isClosed { return (false, true) }
            state.messages.append(message)
            return (state.messages.count == 1, false)
        }
        if isFirst { eventfd_write(descriptor, 1) }
        return !isClosed
    }

    /// Takes all messages; `spare` is an empty array whose memory is used for the next ones.
    func take(spare: [LoopMessage]) -> [LoopMessage] {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
        return state.withLock { state in
            let messages = state.messages
            state.messages = spare
            return messages
        }
    }

    /// Refuses further messages and gives back those that were not read.
    func close() -> [LoopMessage] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }
}
