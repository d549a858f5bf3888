import FunctionKit
import Glibc
import Testing

@testable import HTTPServer

/// Answers of several connections that go out together; skipped where the system forbids that, as containers do.
@Suite(.enabled(if: SendBatch() != nil, "io_uring is not allowed here"))
struct SendBatchTests {
    /// A connection and the other end of its socket.
    private final class Pair {
        let connection: SocketConnection
        let peer: CInt

        init() throws {
            var ends: [CInt] = [-1, -1]
            let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
            peer = ends[1]
            let state = ConnectionState(
                limits: ConnectionLimits(HTTPServerConfiguration()),
                remoteAddress: "127.0.0.1",
                now: 0
            )
            connection = SocketConnection(
                id: ConnectionID(descriptor: ends[0], generation: 1),
                addressKey: nil,
                state: state,
                tls: nil,
                awaitsProxyHeader: false
            )
        }

        deinit {
            close(connection.id.descriptor)
            close(peer)
        }

        /// What has arrived.
        var received: String {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(peer, &buffer, buffer.count, 0)
            return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        }

        /// Sends until the socket takes no more.
        func fill() {
            let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
            while send(connection.id.descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) > 0 {}
        }
    }

    private func add(_ text: String, of pair: Pair, to batch: SendBatch) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { batch.add($0, of: pair.connection) }
    }

    /// Performs a batch, and tells the outcomes in words.
    private func perform(_ batch: SendBatch) -> [String] {
        var outcomes: [String] = []
        let isSound = batch.perform { answer in
            outcomes.append("\(answer.outcome) of \(String(decoding: answer.bytes, as: UTF8.self))")
        }
        #expect(isSound)
        #expect(batch.isEmpty)
        return outcomes
    }

    @Test func eachAnswerGoesToItsClient() throws {
        let batch = try #require(SendBatch())
        let pairs = try (0..<3).map { _ in try Pair() }
        for round in 0..<100 {
            for (index, pair) in pairs.enumerated() { #expect(add("answer \(index) \(round)", of: pair, to: batch)) }
            #expect(!batch.isEmpty)
            #expect(perform(batch).count == 3)
            for (index, pair) in pairs.enumerated() { #expect(pair.received == "answer \(index) \(round)") }
        }
    }

    @Test func eachHasAnOutcomeOfItsOwn() throws {
        let batch = try #require(SendBatch())
        let (taken, full, gone, last) = try (Pair(), Pair(), Pair(), Pair())
        full.fill()
        shutdown(gone.peer, CInt(SHUT_RDWR))
        for (pair, text) in [(taken, "one"), (full, "two"), (gone, "three"), (last, "four")] {
            #expect(add(text, of: pair, to: batch))
        }
        let expected = ["bytes(3) of one", "wouldBlock of two", "failed of three", "bytes(4) of four"]
        #expect(perform(batch) == expected)
        #expect(taken.received == "one")
        #expect(last.received == "four")
    }

    @Test func whatIsTooMuchHasToWait() throws {
        let batch = try #require(SendBatch())
        let pair = try Pair()
        for index in 0..<SendBatch.capacity { #expect(add("\(index % 10)", of: pair, to: batch)) }
        #expect(!add("no", of: pair, to: batch))
        #expect(perform(batch).count == SendBatch.capacity)
        #expect(pair.received == String(repeating: "0123456789", count: 4).prefix(SendBatch.capacity))
        #expect(add("again", of: pair, to: batch))
        #expect(perform(batch) == ["bytes(5) of again"])

        let long = String(repeating: "l", count: 60_000)
        #expect(add(long, of: pair, to: batch))
        #expect(!add(long, of: pair, to: batch))
        #expect(perform(batch).count == 1)
    }
}
