import Crypto
import FunctionKit
import Glibc
import HTTPClient
import Testing

/// Large bodies, files and events through the real host.
struct BodyTests {
    private func withHost(
        settings: [String: String] = [:],
        _ body: (RunningHost) async throws -> Void
    ) async throws {
        let host = try await RunningHost(app: Workplace.app("hello"), settings: settings)
        try await body(host)
        #expect(await host.stop() == .exited(0))
    }

    /// The most memory that a process has had, in KiB.
    private func peakKiB(_ host: RunningHost) throws -> Int {
        let status = try #require(readText("/proc/\(host.process.pid)/status"))
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    private static let megabyte = 1 << 20

    /// A body that is made while it is sent, slowly where `pause` says so.
    private static func upload(_ megabytes: Int, known: Bool, pausedEvery: Int = .max) -> HTTPBody {
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: megabyte)
        let sent = LockedState(0)
        return HTTPBody(length: known ? megabytes * megabyte : nil) {
            let number = sent.withLock { number in
                defer { number += 1 }
                return number
            }
            if number % pausedEvery == pausedEvery - 1 { usleep(20_000) }
            return number < megabytes ? chunk : nil
        }
    }

    @Test(arguments: [true, false])
    func anUploadIsReadWhileItArrives(known: Bool) async throws {
        try await withHost { host in
            let before = try peakKiB(host)
            var request = OutboundRequest(
                method: .post,
                url: host.baseURL + "/api/upload?digest=sha256",
                body: Self.upload(64, known: known, pausedEvery: 16)
            )
            request.totalTimeout = .seconds(300)
            request.firstByteTimeout = .seconds(300)
            let answer = try await Answer(host.client.send(request))
            #expect(answer.status == 200)
            let digest = hexText(sha256([UInt8](repeating: UInt8(ascii: "x"), count: 64 * Self.megabyte)))
            #expect(answer.body.contains("\"bytes\":\(64 * Self.megabyte)"))
            #expect(answer.body.contains("\"sha256\":\"\(digest)\""))
            #expect(try peakKiB(host) - before < 32 * 1024)
        }
    }

    @Test(arguments: ["", "&known=false"])
    func aDownloadWaitsForItsReader(more: String) async throws {
        try await withHost { host in
            let before = try peakKiB(host)
            var request = OutboundRequest(
                url: host.baseURL + "/api/download?bytes=\(64 * Self.megabyte + 7)&chunk=100000" + more,
                responseBytesMax: 1 << 30
            )
            request.totalTimeout = .seconds(300)
            let source = try await host.client.send(request).body.makeSource()
            var count = 0
            var isRight = true
            while let chunk = try await source() {
                isRight = isRight && chunk.first == UInt8(ascii: "a") + UInt8(count % 26)
                if count % (8 * Self.megabyte) > 7 * Self.megabyte { usleep(1000) }
                count += chunk.count
            }
            #expect(count == 64 * Self.megabyte + 7)
            #expect(isRight)
            #expect(try peakKiB(host) - before < 32 * 1024)
        }
    }

    @Test func filesAreServedFromAFolder() async throws {
        let folder = try ScratchFolder()
        let text = String(repeating: "0123456789", count: 100_000)
        try folder.write(text, to: "www/digits.txt")
        try folder.write("<h1>hi</h1>", to: "www/index.html")
        try folder.write("secret", to: "secret.txt")
        symlink("../secret.txt", folder.path + "/www/link.txt")
        try await withHost(settings: ["SITE": folder.path + "/www"]) { host in
            let whole = try await host.send(.get, "/api/site/digits.txt")
            #expect(whole.body == text)
            #expect(whole.headers["Content-Type"] == "text/plain; charset=utf-8")
            #expect(whole.headers["Cache-Control"] == "no-cache")
            #expect(whole.headers["Content-Length"] == "1000000")
            let tag = try #require(whole.headers["ETag"])
            let known = try await host.send(.get, "/api/site/digits.txt", headers: ["If-None-Match": tag])
            #expect(known.status == 304 && known.body.isEmpty)
            let part = try await host.send(.get, "/api/site/digits.txt", headers: ["Range": "bytes=999990-"])
            #expect(part.status == 206 && part.body == "0123456789")
            #expect(part.headers["Content-Range"] == "bytes 999990-999999/1000000")
            let parts = try await host.send(.get, "/api/site/digits.txt", headers: ["Range": "bytes=0-1,5-5"])
            #expect(parts.status == 206 && parts.body.contains("\r\n\r\n01\r\n--"))
            let head = try await host.send(.head, "/api/site/digits.txt")
            #expect(head.status == 200 && head.body.isEmpty && head.headers["Content-Length"] == "1000000")
            #expect(try await host.send(.get, "/api/site/").body == "<h1>hi</h1>")
            let redirect = try await host.send(.get, "/api/site")
            #expect(redirect.status == 308 && redirect.headers["Location"] == "./site/")
            for path in [
                "/api/site/../secret.txt", "/api/site/%2e%2e/secret.txt", "/api/site/..%2fsecret.txt",
                "/api/site/%252e%252e/secret.txt", "/api/site/link.txt",
                "/api/site/..%5csecret.txt", "/api/site//digits.txt", "/api/site/.hidden", "/api/site/absent",
            ] {
                let answer = try await exchange(
                    "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                    port: host.port
                )
                #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"), "\(path)")
                #expect(!answer.contains("secret"))
            }
            // The server itself has no paths with NUL.
            for path in ["/api/site/%00", "/api/site/digits.txt%00"] {
                let answer = try await exchange(
                    "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                    port: host.port
                )
                #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(path)")
            }
        }
    }

    @Test func eventsReachTheClientAndEndWithIt() async throws {
        try await withHost { host in
            let text = try await eventStream(host, "/api/events?count=2&heartbeat=50", lastEventID: "5")
            #expect(text.contains("\r\nContent-Type: text/event-stream\r\n"))
            #expect(text.contains("id: 6\ndata: event\ndata: 6\n\n"))
            #expect(text.contains("id: 7\ndata: event\ndata: 7\n\n"))
            // The comments that follow find nobody; the function is cancelled.
            _ = try await eventually("the end of the function") {
                try await host.send(.get, "/api/events?cancelled").body == "1" ? true : nil
            }
        }
    }

    /// Reads a stream up to its first comment and closes the connection.
    private func eventStream(_ host: RunningHost, _ path: String, lastEventID: String) async throws -> String {
        let port = try #require(UInt16(host.port))
        return try await withCheckedThrowingContinuation { continuation in
            onThread {
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
                defer { close(descriptor) }
                var limit = timeval(tv_sec: 60, tv_usec: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
                var address = loopback(port)
                let connected = withUnsafePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
                let request = Array("GET \(path) HTTP/1.1\r\nHost: a\r\nLast-Event-ID: \(lastEventID)\r\n\r\n".utf8)
                guard connected == 0, send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
                else { return continuation.resume(throwing: SupportError("No connection.")) }
                var text = ""
                var buffer = [UInt8](repeating: 0, count: 4096)
                while !text.contains("3\r\n:\n\n"), case let count = recv(descriptor, &buffer, buffer.count, 0),
                    count > 0
                {
                    text += String(decoding: buffer[..<count], as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
        }
    }

    @Test func answersAreCompressedWhereTheAppSaysSo() async throws {
        let settings = ["AzureFunctionsJobHost__extensions__server__compression__enabled": "true"]
        try await withHost(settings: settings) { host in
            let gzip: HTTPFields = ["Accept-Encoding": "gzip"]
            let request = OutboundRequest(url: host.baseURL + "/api/stream?count=100000", headers: gzip)
            let response = try await host.client.send(request)
            #expect(response.headers["Content-Encoding"] == "gzip")
            #expect(response.headers["Vary"] == "Accept-Encoding")
            #expect(try await response.body.collect().count < 400_000)
            let plain = try await host.send(.get, "/api/stream?count=100000")
            #expect(plain.headers["Content-Encoding"] == nil && plain.body.utf8.count == 588_890)
            let hello = try await host.send(.get, "/api/hello", headers: gzip)
            #expect(hello.headers["Content-Encoding"] == nil && hello.body == "hello, world")
        }
        try await withHost { host in
            let answer = try await host.send(.get, "/api/stream?count=1000", headers: ["Accept-Encoding": "gzip"])
            #expect(answer.headers["Content-Encoding"] == nil && answer.headers["Vary"] == nil)
        }
    }
}
