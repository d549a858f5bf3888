import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Which answers are compressed, and what becomes of their header fields.
struct CompressionTests {
    private static let text = String(repeating: "All work and no play makes Jack a dull boy.\n", count: 100)
    private static let gzip: HTTPFields = ["Accept-Encoding": "gzip"]

    private static func compression(_ statesMax: Int = 4) -> ResponseCompression {
        ResponseCompression(DeflaterPool(level: 6, statesMax: statesMax))
    }

    private static func answer(
        _ response: HTTPResponse,
        _ headers: HTTPFields = gzip,
        method: HTTPMethod = .get
    ) async -> HTTPResponse {
        var response = response
        let request = HTTPRequest(method: method, path: "/", headers: headers)
        await compression().apply(to: &response, for: request)
        return response
    }

    private static func page(_ change: (inout HTTPResponse) -> Void = { _ in }) -> HTTPResponse {
        var response = HTTPResponse.text(text)
        change(&response)
        return response
    }

    @Test(arguments: [1, 6, 9])
    func compressesABodyInMemory(level: Int) async throws {
        var options = CompressionOptions()
        options.isEnabled = true
        options.level = level
        var response = Self.page()
        let request = HTTPRequest(path: "/", headers: Self.gzip)
        await ResponseCompression(options)?.apply(to: &response, for: request)
        let bytes = try #require(response.body.bytes)
        #expect(bytes.count < Self.text.utf8.count / 10)
        #expect(try inflated(bytes) == Array(Self.text.utf8))
        #expect(
            response.headers == [
                "Content-Type": "text/plain; charset=utf-8", "Vary": "Accept-Encoding", "Content-Encoding": "gzip",
            ]
        )
    }

    /// A 304 freshens what a cache holds, by the tag that it holds.
    @Test(arguments: [
        ("W/\"v1\"", "W/\"v1\""), ("\"v0\", W/\"v1\"", "W/\"v1\""), ("\"v1\"", "\"v1\""), ("*", "\"v1\""),
        (nil, "\"v1\""),
    ])
    func notModifiedFitsWhatTheClientHolds(_ held: String?, _ tag: String) async {
        var headers = Self.gzip
        headers["If-None-Match"] = held
        let answer = await Self.answer(HTTPResponse(status: 304, headers: ["ETag": "\"v1\""]), headers)
        #expect(answer.headers["ETag"] == tag)
        #expect(answer.headers["Vary"] == "Accept-Encoding")
        #expect(answer.headers.count == 2)
    }

    @Test func isOffUnlessAskedFor() { #expect(ResponseCompression(CompressionOptions()) == nil) }

    @Test(arguments: [ResponseCompression.inlineBytesMax, ResponseCompression.inlineBytesMax + 1, 3 << 20])
    func compressesLargeBodiesAlike(count: Int) async throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 / 1000) }
        let answer = await Self.answer(HTTPResponse(headers: ["Content-Type": "text/csv"], body: HTTPBody(bytes)))
        #expect(try inflated(try #require(answer.body.bytes)) == bytes)
    }

    @Test(
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("x-gzip", true), ("*", true), ("br, gzip;q=0.1", true),
            ("br", false), ("gzip;q=0", false), ("*;q=0", false), ("gzip;q=0, *", false), ("identity", false),
            ("identity;q=0", false), ("identity;q=0, gzip", true), ("identity, gzip;q=0.9", false),
            ("identity;q=0.5, gzip;q=0.5", true), ("deflate, GZIP ; q=0.001", true),
        ] as [(String?, Bool)]
    )
    func asksTheClient(accepted: String?, isCompressed: Bool) async {
        let answer = await Self.answer(Self.page(), accepted.map { ["Accept-Encoding": $0] } ?? [:])
        #expect((answer.headers["Content-Encoding"] == "gzip") == isCompressed)
        #expect((answer.body.bytes == Array(Self.text.utf8)) == !isCompressed)
        // A cache has to know in either case.
        #expect(answer.headers["Vary"] == "Accept-Encoding")
    }

    /// Left alone whatever the client takes; not even `Vary` is added.
    @Test(arguments: [
        page { $0.body = HTTPBody(String(repeating: "x", count: ResponseCompression.bodyBytesMin - 1)) },
        page { $0.body = .empty }, page { $0.headers["Content-Type"] = nil },
        page { $0.headers["Content-Type"] = "image/png" }, page { $0.headers["Content-Type"] = "application/gzip" },
        page { $0.headers["Content-Type"] = "application/octet-stream" },
        page { $0.headers["Content-Encoding"] = "br" },
        page { $0.headers["Content-Encoding"] = "identity" }, page { $0.headers["Cache-Control"] = "no-transform" },
        page { $0.headers["Cache-Control"] = "private,  No-Transform , max-age=1" }, page { $0.status = 204 },
        page { $0.status = 205 }, page { $0.status = 206 }, page { $0.status = 100 },
        page { $0.headers["Content-Range"] = "bytes 0-4399/9000" },
    ])
    func leavesAlone(response: HTTPResponse) async {
        let answer = await Self.answer(response)
        #expect(answer.headers == response.headers)
        #expect(answer.body.bytes == response.body.bytes)
    }

    @Test(arguments: [
        "text/html", "TEXT/css;charset=utf-8", "application/json", "application/problem+json", "image/svg+xml",
        "application/json ; charset=utf-8", "application/wasm", "text/event-stream",
    ])
    func knowsWhatShrinks(type: String) async {
        let answer = await Self.answer(Self.page { $0.headers["Content-Type"] = type })
        #expect(answer.headers["Content-Encoding"] == "gzip")
    }

    @Test(arguments: [HTTPStatus.ok, 201, 404, 500, 422])
    func compressesErrorsToo(status: HTTPStatus) async {
        #expect(await Self.answer(Self.page { $0.status = status }).headers["Content-Encoding"] == "gzip")
    }

    @Test(
        arguments: [
            (nil, ["Accept-Encoding"]), ("Origin", ["Origin", "Accept-Encoding"]), ("*", ["*"]),
            ("origin, accept-encoding", ["origin, accept-encoding"]),
        ] as [(String?, [String])]
    )
    func addsToVary(vary: String?, expected: [String]) async {
        #expect(await Self.answer(Self.page { $0.headers["Vary"] = vary }).headers.values(of: "Vary") == expected)
    }

    @Test(arguments: [("\"a\"", "W/\"a\""), ("W/\"a\"", "W/\"a\""), ("a", "a")])
    func weakensATag(tag: String, expected: String) async {
        let response = Self.page { $0.headers["ETag"] = tag }
        #expect(await Self.answer(response).headers["ETag"] == expected)
        #expect(await Self.answer(response, [:]).headers["ETag"] == tag)
    }

    @Test func aHeadSaysWhatAGetWould() async {
        for response in [
            Self.page { $0.headers["ETag"] = "\"a\"" },
            Self.page {
                $0.headers["ETag"] = "\"a\""
                $0.headers["Content-Length"] = "4400"
                $0.body = .empty
            },
        ] {
            let head = await Self.answer(response, method: .head)
            #expect(head.headers["Content-Encoding"] == "gzip")
            #expect(head.headers["ETag"] == "W/\"a\"")
            #expect(head.headers["Vary"] == "Accept-Encoding")
            #expect(head.headers["Content-Length"] == nil)
            #expect(head.body.length == nil)
        }
        let small = await Self.answer(Self.page { $0.body = .empty }, method: .head)
        #expect(small.headers["Content-Encoding"] == nil)
    }

    @Test func leavesFilesAlone() async throws {
        let response = HTTPResponse(
            headers: ["Content-Type": "text/plain"],
            body: HTTPBody(try OpenFile(path: #filePath))
        )
        let answer = await Self.answer(response)
        #expect(answer.headers == response.headers)
        #expect(answer.body.file != nil)
    }

    @Test func letsEachChunkOfAStreamOutAtOnce() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let body = HTTPBody(length: 5000, chunks: stream)
        let answer = await Self.answer(HTTPResponse(headers: ["Content-Type": "text/event-stream"], body: body))
        #expect(answer.body.length == nil)
        let source = answer.body.makeSource()
        var received: [UInt8] = []
        for text in ["one", "two", "six"] {
            continuation.yield(Array(text.utf8))
            received += try #require(try await source())
            #expect(String(decoding: try inflated(received, isWhole: false), as: UTF8.self).hasSuffix(text))
        }
        continuation.finish()
        received += try #require(try await source())
        #expect(try await source() == nil)
        #expect(try inflated(received) == Array("onetwosix".utf8))
    }

    @Test func aStreamThatFailsFails() async throws {
        struct Broken: Error {}
        let body = HTTPBody(source: { throw Broken() })
        let answer = await Self.answer(HTTPResponse(headers: ["Content-Type": "text/plain"], body: body))
        await #expect(throws: Broken.self) { try await answer.body.collect() }
    }

    @Test func statesAreBoundedAndComeBack() async throws {
        let pool = DeflaterPool(level: 6, statesMax: 2)
        let compression = ResponseCompression(pool)
        func stream() async -> HTTPResponse {
            var response = HTTPResponse(headers: ["Content-Type": "text/plain"], body: HTTPBody(source: { nil }))
            await compression.apply(to: &response, for: HTTPRequest(path: "/", headers: Self.gzip))
            return response
        }
        var open = [await stream(), await stream()]
        #expect(pool.usedCount == 2)
        let third = await stream()
        #expect(third.headers == ["Content-Type": "text/plain", "Vary": "Accept-Encoding"])
        #expect(try await third.body.collect().isEmpty)
        // One that was read to its end, though its body is still there, and one that was thrown away.
        #expect(try inflated(try await open[0].body.collect()).isEmpty)
        #expect(pool.usedCount == 1)
        open.removeLast()
        #expect(pool.usedCount == 0)
        for _ in 0..<10 {
            var response = Self.page()
            await compression.apply(to: &response, for: HTTPRequest(path: "/", headers: Self.gzip))
            #expect(try inflated(try #require(response.body.bytes)) == Array(Self.text.utf8))
        }
        #expect(pool.usedCount == 0)
    }

    private static func parse(_ section: String) throws -> HostConfiguration {
        let text = #"{"version": "2.0", "extensions": {"server": {"compression": \#(section)}}}"#
        return try HostConfiguration.parse(Array(text.utf8))
    }

    @Test(arguments: [
        ("{}", false, 6), (#"{"enabled": true}"#, true, 6), (#"{"enabled": "TRUE", "level": 1}"#, true, 1),
        (#"{"enabled": false, "level": "9"}"#, false, 9),
    ])
    func isConfigured(section: String, isEnabled: Bool, level: Int) throws {
        let configuration = try Self.parse(section)
        #expect(configuration.compression.isEnabled == isEnabled)
        #expect(configuration.compression.level == level)
        let path = ["extensions", "server", "compression"]
        #expect(configuration.effective[path + ["enabled"]] == "\(isEnabled)")
        #expect(configuration.effective[path + ["level"]] == "\(level)")
    }

    @Test(arguments: [
        (#"{"enabled": "yes"}"#, "enabled: 'yes' is neither true nor false."),
        (#"{"level": 0}"#, "level: '0' is not a whole number from 1 to 9."),
        (#"{"level": 10}"#, "level: '10' is not a whole number from 1 to 9."),
        (#"{"level": "fast"}"#, "level: 'fast' is not a whole number from 1 to 9."),
    ])
    func whatCannotBeMeantIsRefused(section: String, reason: String) {
        let error = #expect(throws: HostConfigurationError.self) { try Self.parse(section) }
        #expect(error?.problems == ["host.json: extensions.server.compression.\(reason)"])
    }
}
