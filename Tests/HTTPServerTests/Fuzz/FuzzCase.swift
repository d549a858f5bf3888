/// One input of the fuzzer, taken apart: a script of what happens to a connection, and the bytes that its client sends.
///
/// The first byte is the script's length, so that the wire bytes behind it stay readable and a dictionary of HTTP's words
/// hits them.
struct FuzzCase {
    /// What happens, one event a byte.
    let script: [FuzzEvent]
    /// All bytes that the client sends.
    let wire: [UInt8]

    init(_ input: [UInt8]) {
        let length = min(Int(input.first ?? 0), max(0, input.count - 1))
        script = input.dropFirst().prefix(length).map(FuzzEvent.init)
        wire = Array(input.dropFirst(1 + length))
    }

    init(script: [UInt8], wire: [UInt8]) {
        self.init([UInt8(truncatingIfNeeded: script.count)] + script.prefix(255) + wire)
    }
}

/// What can happen to a connection, with its size or kind; events that cannot happen at their moment are skipped.
enum FuzzEvent {
    /// So many of the client's bytes arrive.
    case bytes(Int)
    /// The running call answers; without one, the next calls answer at once.
    case answer(Int)
    /// Calls answer at once, or (nil) when ``answer(_:)`` says so.
    case answersAtOnce(Int?)
    /// The response body's source gives so many bytes.
    case chunk(Int)
    case bodyEnd
    case bodyFailure
    /// The socket takes only so many bytes from now on.
    case block(Int)
    case unblock
    /// The socket takes a part of what it had refused.
    case trickle
    case readerIsSlow(Bool)
    case readerWantsMore
    case time(Int64)
    /// Time passes to the connection's next deadline.
    case deadline
    case inputEnd
    case drain

    private static let pieces = [17, 24, 31, 32, 33, 48, 64, 65, 99, 100, 101, 128, 200, 256, 512, 4096]
    private static let chunks = [0, 1, 2, 3, 10, 15, 16, 100, 1000, 16_383, 16_384, 16_385, 20_000, 3, 3, 0]
    private static let times: [Int64] = [
        0, 1, 10, 100, 500, 999, 1000, 1999, 2000, 5000, 9999, 10_000, 30_000, 60_000, 75_000, 200_000,
    ]

    init(_ byte: UInt8) {
        let size = Int(byte >> 4)
        switch byte & 15 {
        case 0: self = .bytes(size + 1)
        case 1: self = .bytes(Self.pieces[size])
        case 2: self = .answer(size)
        case 3: self = .answersAtOnce(size == 0 ? nil : size)
        case 4: self = .chunk(Self.chunks[size])
        case 5: self = size.isMultiple(of: 2) ? .bodyEnd : .bodyFailure
        case 6: self = .block(size * 20)
        case 7: self = .unblock
        case 8: self = .readerIsSlow(!size.isMultiple(of: 2))
        case 9: self = .readerWantsMore
        case 10: self = .time(Self.times[size])
        case 11: self = .deadline
        case 12: self = .inputEnd
        case 13: self = .drain
        case 14: self = .trickle
        default: self = .bytes(1)
        }
    }
}
