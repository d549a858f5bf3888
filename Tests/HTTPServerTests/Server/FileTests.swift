import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import HTTPServer

/// Files as answers, over real sockets.
@Suite struct FileTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let mebibyte = 1 << 20

    /// A file of `count` bytes that repeat with a period no buffer has.
    private final class ScratchFile: Sendable {
        let path: String

        init(_ count: Int) throws {
            var template = Array("/tmp/postern-file-XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw TestClient.Failure(reason: "mkstemp") }
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            close(descriptor)
            try append(count)
        }

        deinit { unlink(path) }

        private static let block = (0..<251 * 4096).map { UInt8(truncatingIfNeeded: $0 % 251) }

        /// What stands in a range of the file.
        static func bytes(_ range: Range<Int>) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(range.count)
            while bytes.count < range.count {
                let start = (range.lowerBound + bytes.count) % block.count
                bytes += block[start..<min(block.count, start + range.count - bytes.count)]
            }
            return bytes
        }

        func append(_ count: Int, from start: Int = 0) throws {
            guard let file = fopen(path, "a") else { throw TestClient.Failure(reason: "fopen") }
            let bytes = Self.bytes(start..<start + count)
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
        }

        func open() throws -> OpenFile { try OpenFile(path: path) }
    }

    private static func receive(_ count: Int, from client: TestClient) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count {
            let bytes = try client.read(min(count - all.count, 65_536))
            guard !bytes.isEmpty else { break }
            all += bytes
        }
        return all
    }

    @Test(arguments: [0, 1, 16_384, 100_000, 5 << 20])
    func sendsAWholeFileAndKeepsTheConnection(count: Int) async throws {
        let scratch = try ScratchFile(count)
        let file = try scratch.open()
        try await withServer(responder: { _ in HTTPResponse(body: HTTPBody(file)) }) { port in
            let client = try TestClient(port: port)
            for _ in 0..<3 {
                try client.send(Self.get)
                let head = try client.read(through: "\r\n\r\n")
                #expect(head.contains("\r\nContent-Length: \(count)\r\n"))
                #expect(!head.contains("Transfer-Encoding") && !head.contains("Connection"))
                #expect(try Self.receive(count, from: client) == ScratchFile.bytes(0..<count))
            }
        }
    }

    @Test(arguments: [(0, 10), (250, 300_000), (3 << 20, 0), ((3 << 20) - 1, 1)])
    func sendsARegion(offset: Int, length: Int) async throws {
        let scratch = try ScratchFile(3 << 20)
        let region = try FileRegion(try scratch.open(), offset: offset, length: length)
        try await withServer(responder: { _ in HTTPResponse(status: 206, body: HTTPBody(region)) }) { port in
            let client = try TestClient(port: port)
            try client.send("GET / HTTP/1.0\r\n\r\n")
            let head = try client.read(through: "\r\n\r\n")
            #expect(head.contains("Content-Length: \(length)\r\nConnection: close\r\n"))
            #expect(try Self.receive(.max, from: client) == ScratchFile.bytes(offset..<offset + length))
        }
    }

    @Test func sendsNothingForHEAD() async throws {
        let file = try ScratchFile(100_000).open()
        try await withServer(responder: { _ in HTTPResponse(body: HTTPBody(file)) }) { port in
            let client = try TestClient(port: port)
            for _ in 0..<2 {
                try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.read(through: "\r\n\r\n").hasSuffix("\r\nContent-Length: 100000\r\n\r\n"))
            }
            try client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.readToEnd().hasSuffix("\r\nConnection: close\r\n\r\n"))
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let count = 3 * Self.mebibyte
        let file = try ScratchFile(count).open()
        try await withServer(responder: { request in
            request.path == "/file" ? HTTPResponse(body: HTTPBody(file)) : .text("between")
        }) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            let requests = ["/file", "/", "/file", "/file", "/"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
            try client.send(requests.joined())
            for request in requests {
                _ = try client.read(through: "\r\n\r\n")
                let isFile = request.hasPrefix("GET /file")
                let expected = isFile ? ScratchFile.bytes(0..<count) : Array("between".utf8)
                #expect(try Self.receive(expected.count, from: client) == expected)
            }
        }
    }

    @Test func answersFromAnotherThreadAlike() async throws {
        let file = try ScratchFile(100_000).open()
        try await withServer(responder: { _ in
            await Task.yield()
            return HTTPResponse(body: HTTPBody(file))
        }) { port in
            let client = try TestClient(port: port)
            for _ in 0..<3 {
                try client.send(Self.get)
                _ = try client.read(through: "\r\n\r\n")
                #expect(try Self.receive(100_000, from: client) == ScratchFile.bytes(0..<100_000))
            }
        }
    }

    /// One loop: a client that does not read and one that reads fast leave the third its turn.
    @Test func leavesOthersTheirTurn() async throws {
        let count = 64 * Self.mebibyte
        let file = try ScratchFile(count).open()
        try await withServer(
            { $0.loopCount = 1 },
            responder: { request in
                request.path == "/file" ? HTTPResponse(body: HTTPBody(file)) : .text("small")
            }
        ) { port in
            let request = "GET /file HTTP/1.1\r\nHost: a\r\n\r\n"
            let idle = try TestClient(port: port, receiveBufferBytes: 65_536)
            try idle.send(request)
            _ = try idle.read(through: "\r\n\r\n")
            let greedy = try TestClient(port: port)
            try greedy.send(request)
            _ = try greedy.read(through: "\r\n\r\n")
            let other = try TestClient(port: port)
            var received = 0
            var answers = 0
            while received < count {
                received += try greedy.read().count
                guard received / Self.mebibyte > answers else { continue }
                #expect(try other.exchange(Self.get).body == "small")
                answers += 1
            }
            #expect(received == count && answers >= 16)
        }
    }

    @Test func sendsNoMoreOfAFileThatGrows() async throws {
        let scratch = try ScratchFile(8 * Self.mebibyte)
        let file = try scratch.open()
        try await withServer(responder: { _ in HTTPResponse(body: HTTPBody(file)) }) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            try client.send(Self.get)
            _ = try client.read(through: "\r\n\r\n")
            try scratch.append(Self.mebibyte)
            let count = 8 * Self.mebibyte
            #expect(try Self.receive(count, from: client) == ScratchFile.bytes(0..<count))
            try client.send(Self.get)
            #expect(try client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func breaksOffWhenAFileShrinks() async throws {
        let log = RecordingLog()
        let scratch = try ScratchFile(32 * Self.mebibyte)
        let file = try scratch.open()
        try await withServer(log: log, responder: { _ in HTTPResponse(body: HTTPBody(file)) }) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            try client.send(Self.get + Self.get)
            let head = try client.read(through: "\r\n\r\n")
            #expect(head.contains("Content-Length: \(32 * Self.mebibyte)\r\n"))
            truncate(scratch.path, off_t(20 * Self.mebibyte))
            // What was sent before it was cut may be there; nothing else may follow, no second answer either.
            var received: [UInt8] = []
            while let bytes = try? client.read(), !bytes.isEmpty { received += bytes }
            #expect(received.count >= Self.mebibyte && received.count <= 20 * Self.mebibyte)
            #expect(received == ScratchFile.bytes(0..<received.count))
        }
        let message = try #require(log.messages(.warning).first)
        #expect(message.hasPrefix("A file became shorter while it was being sent: "))
        #expect(message.hasSuffix("Replace files by renaming, not by writing over them."))
    }

    @Test func endsAConnectionThatTakesNothing() async throws {
        let file = try ScratchFile(64 * Self.mebibyte).open()
        try await withServer(
            { $0.writeStallTime = .milliseconds(200) },
            responder: { _ in
                HTTPResponse(body: HTTPBody(file))
            }
        ) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            try client.send(Self.get)
            _ = try client.read(through: "\r\n\r\n")
            usleep(1_000_000)
            var received = 0
            while let bytes = try? client.read(), !bytes.isEmpty { received += bytes.count }
            #expect(received < 64 * Self.mebibyte)
        }
    }

    /// The time between two requests begins when the answer is out, not when it begins.
    @Test func aLongAnswerIsNoIdleTime() async throws {
        let count = 32 * Self.mebibyte
        let file = try ScratchFile(count).open()
        try await withServer(
            // Longer than a busy machine lets this thread wait between two of its calls.
            { $0.idleTime = .seconds(3) },
            responder: { _ in
                HTTPResponse(body: HTTPBody(file))
            }
        ) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            try client.send(Self.get)
            _ = try client.read(through: "\r\n\r\n")
            usleep(4_000_000)
            #expect(try Self.receive(count, from: client).count == count)
            try client.send(Self.get)
            #expect(try client.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func survivesClientsThatVanish() async throws {
        let file = try ScratchFile(64 * Self.mebibyte).open()
        try await withServer({ $0.loopCount = 1 }, responder: { _ in HTTPResponse(body: HTTPBody(file)) }) { port in
            for index in 0..<20 {
                let client = try TestClient(port: port, receiveBufferBytes: 65_536)
                try client.send(Self.get)
                _ = try client.read(through: "\r\n\r\n")
                if index.isMultiple(of: 2) { client.resetOnClose() }
                client.close()
            }
            let client = try TestClient(port: port)
            try client.send(Self.get)
            #expect(try Self.receive(Self.mebibyte, from: client).count == Self.mebibyte)
        }
    }

    /// What a file system that knows no `sendfile` gets, and a connection whose bytes are not the file's.
    @Test func readsWhatCannotBeSentByTheSystem() throws {
        let file = try ScratchFile(1000).open()
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 600)
        defer { buffer.deallocate() }
        for (offset, expected) in [(0, 600), (400, 600), (900, 100)] {
            guard case .bytes(expected) = SocketCalls.readFile(file.descriptor, offset, into: buffer) else {
                Issue.record("\(offset)")
                continue
            }
            #expect(Array(buffer[..<expected]) == ScratchFile.bytes(offset..<offset + expected))
        }
        guard case .end = SocketCalls.readFile(file.descriptor, 1000, into: buffer) else {
            Issue.record("no end")
            return
        }
        guard case .failed = SocketCalls.readFile(-1, 0, into: buffer) else {
            Issue.record("no failure")
            return
        }
        // Refused for what it is sent to, as it is elsewhere for what it is sent from: the caller falls back to reading.
        let other = try ScratchFile(0)
        let appending = Glibc.open(other.path, O_WRONLY | O_APPEND)
        defer { close(appending) }
        #expect(SocketCalls.sendFile(appending, file.descriptor, 0, 10) == nil)
    }
}
