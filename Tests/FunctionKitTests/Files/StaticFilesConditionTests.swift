import FunctionKit
import Testing

/// Conditions, ranges and variants of static files, row by row.
struct StaticFilesConditionTests {
    static let tag = "\"6553f100.0-a\""
    static let date = "Tue, 14 Nov 2023 22:13:20 GMT"
    static let before = "Tue, 14 Nov 2023 22:13:19 GMT"
    static let after = "Tue, 14 Nov 2023 22:13:21 GMT"

    /// In RFC 9110's order: what comes first decides.
    @Test(
        arguments: [
            ([:], 200), (["If-Match": tag], 200), (["If-Match": "*"], 200), (["If-Match": "\"x\", \(tag)"], 200),
            (["If-Match": "\"x\""], 412), (["If-Match": "W/\(tag)"], 412), (["If-Match": "nonsense"], 412),
            (["If-Match": ""], 412), (["If-Match": tag, "If-Unmodified-Since": before], 200),
            (["If-Match": "\"x\"", "If-None-Match": tag], 412), (["If-Match": tag, "If-None-Match": tag], 304),
            (["If-Unmodified-Since": date], 200), (["If-Unmodified-Since": after], 200),
            (["If-Unmodified-Since": before], 412), (["If-Unmodified-Since": "yesterday"], 200),
            (["If-Unmodified-Since": before, "If-None-Match": tag], 412),
            (["If-None-Match": tag], 304), (["If-None-Match": "W/\(tag)"], 304), (["If-None-Match": "*"], 304),
            (["If-None-Match": "\"a,b\" ,, \(tag)"], 304), (["If-None-Match": "\"x\""], 200),
            (["If-None-Match": "6553f100.0-a"], 200), (["If-None-Match": "\"x\"", "If-Modified-Since": date], 200),
            (["If-Modified-Since": date], 304), (["If-Modified-Since": after], 304),
            (["If-Modified-Since": before], 200),
            (["If-Modified-Since": "Tuesday, 14-Nov-23 22:13:20 GMT"], 304),
            (["If-Modified-Since": "Tue Nov 14 22:13:20 2023"], 304), (["If-Modified-Since": "2023-11-14"], 200),
            (["If-None-Match": tag, "Range": "bytes=0-1"], 304), (["If-Match": "\"x\"", "Range": "bytes=0-1"], 412),
            (["Range": "bytes=0-1"], 206), (["Range": "bytes=0-1", "If-Range": tag], 206),
            (["Range": "bytes=0-1", "If-Range": "W/\(tag)"], 200), (["Range": "bytes=0-1", "If-Range": "\"x\""], 200),
            (["Range": "bytes=0-1", "If-Range": date], 206), (["Range": "bytes=0-1", "If-Range": after], 200),
            (["Range": "bytes=0-1", "If-Range": before], 200), (["Range": "bytes=0-1", "If-Range": "x"], 200),
            (["Range": "bytes=10-", "If-Range": "\"x\""], 200), (["Range": "bytes=10-"], 416),
        ] as [(HTTPFields, Int)]
    )
    func conditions(headers: HTTPFields, status: Int) async throws {
        let (files, site) = try StaticFilesTests.site()
        let (response, body) = try await StaticFilesTests.get(site, "digits.txt", headers)
        #expect(response.status.rawValue == status)
        let bodies = [200: "0123456789", 206: "01", 304: "", 412: "", 416: ""]
        #expect(body == bodies[status])
        if status == 304 { #expect(response.headers == ["ETag": Self.tag]) }
        // HEAD asks the same questions, and no range.
        let head = try await StaticFilesTests.get(site, "digits.txt", headers, method: .head).response
        #expect(head.status.rawValue == (status == 206 || status == 416 ? 200 : status))
        withExtendedLifetime(files) {}
    }

    @Test func repeatedFieldsAreOneList() async throws {
        let (files, site) = try StaticFilesTests.site()
        var headers: HTTPFields = ["If-None-Match": "\"x\""]
        headers.append("if-none-match", Self.tag)
        #expect(try await StaticFilesTests.get(site, "digits.txt", headers).response.status == 304)
        var dates: HTTPFields = ["If-Modified-Since": Self.date]
        dates.append("If-Modified-Since", Self.date)
        #expect(try await StaticFilesTests.get(site, "digits.txt", dates).response.status == 200)
        withExtendedLifetime(files) {}
    }

    @Test func aDateOfThisVerySecondIsNoStrongValidator() async throws {
        let files = try ScratchFiles()
        try files.write("0123456789", to: "site/digits.txt")
        let site = try StaticFilesTests.make(files, now: 1_700_000_000)
        let headers: HTTPFields = ["Range": "bytes=0-1", "If-Range": Self.date]
        #expect(try await StaticFilesTests.get(site, "digits.txt", headers).response.status == 200)
    }

    @Test func aFileOfTheFutureIsOfNow() async throws {
        let files = try ScratchFiles()
        try files.write("0123456789", to: "site/digits.txt", at: 1_700_000_100)
        let site = try StaticFilesTests.make(files, now: 1_700_000_000)
        let (response, _) = try await StaticFilesTests.get(site, "digits.txt")
        #expect(response.headers["Last-Modified"] == Self.date)
    }

    @Test(
        arguments: [
            ("bytes=0-0", "0", "bytes 0-0/10"), ("bytes=3-5", "345", "bytes 3-5/10"),
            ("bytes=7-", "789", "bytes 7-9/10"),
            ("bytes=-3", "789", "bytes 7-9/10"), ("bytes=-99", "0123456789", "bytes 0-9/10"),
            ("bytes=5-99999999999999999999999", "56789", "bytes 5-9/10"), ("BYTES = 1-2", nil, nil),
            ("Bytes=1-2", "12", "bytes 1-2/10"), ("bytes= 1-2 ", "12", "bytes 1-2/10"),
            ("bytes=,,1-2,", "12", "bytes 1-2/10"),
            ("bytes=20-30, 1-2", "12", "bytes 1-2/10"), ("bytes=2-1", nil, nil), ("bytes=a-b", nil, nil),
            ("bytes=1", nil, nil), ("bytes=-", nil, nil), ("bytes=", nil, nil), ("bytes", nil, nil),
            ("lines=1-2", nil, nil), ("bytes=1-2-3", nil, nil), ("bytes=1-2,x", nil, nil), ("bytes=--1", nil, nil),
            ("bytes=+1-2", nil, nil), ("bytes=0x1-2", nil, nil),
        ] as [(String, String?, String?)]
    )
    func oneRange(range: String, part: String?, contentRange: String?) async throws {
        let (files, site) = try StaticFilesTests.site()
        let (response, body) = try await StaticFilesTests.get(site, "digits.txt", ["Range": range])
        #expect(response.status == (part == nil ? 200 : 206))
        #expect(body == part ?? "0123456789")
        #expect(response.headers["Content-Range"] == contentRange)
        #expect(response.headers["ETag"] == Self.tag)
        #expect(response.body.file != nil)
        withExtendedLifetime(files) {}
    }

    @Test(arguments: [
        ("digits.txt", "bytes=10-", "bytes */10"), ("digits.txt", "bytes=-0", "bytes */10"),
        ("digits.txt", "bytes=10-11,99-", "bytes */10"), ("empty.bin", "bytes=0-", "bytes */0"),
        ("empty.bin", "bytes=-5", "bytes */0"),
    ])
    func noRangeWithin(path: String, range: String, contentRange: String) async throws {
        let (files, site) = try StaticFilesTests.site()
        let (response, body) = try await StaticFilesTests.get(site, path, ["Range": range])
        #expect(response.status == 416)
        #expect(response.headers["Content-Range"] == contentRange)
        #expect(body.isEmpty)
        withExtendedLifetime(files) {}
    }

    @Test func severalRangesAreAMultipart() async throws {
        let (files, site) = try StaticFilesTests.site()
        let (response, body) = try await StaticFilesTests.get(site, "digits.txt", ["Range": "bytes=0-1, 99-, -2, 4-4"])
        #expect(response.status == 206)
        let type = try #require(response.headers["Content-Type"])
        let boundary = try #require(type.split(separator: "=").last)
        #expect(type == "multipart/byteranges; boundary=\(boundary)" && boundary.count == 32)
        #expect(response.headers["Content-Range"] == nil)
        let head = "Content-Type: text/plain; charset=utf-8\r\nContent-Range: bytes"
        #expect(
            body == "--\(boundary)\r\n\(head) 0-1/10\r\n\r\n01\r\n--\(boundary)\r\n\(head) 8-9/10\r\n\r\n89"
                + "\r\n--\(boundary)\r\n\(head) 4-4/10\r\n\r\n4\r\n--\(boundary)--\r\n"
        )
        #expect(response.body.length == body.utf8.count)
        withExtendedLifetime(files) {}
    }

    /// More than 16 ranges, or more than two that overlap an earlier one, are not worth their price.
    @Test(arguments: [
        (Array(repeating: "0-0", count: 3), 206), (Array(repeating: "0-0", count: 4), 200),
        (["0-9", "0-9", "0-9", "0-9"], 200), (["0-9", "1-", "-5"], 206), ((0..<10).map { "\($0)-\($0)" }, 206),
        ((0..<16).map { $0 < 10 ? "\($0)-\($0)" : "90-99" }, 206), ((0..<17).map { "\($0)-\($0)" }, 200),
        (Array(repeating: "0-", count: 5000), 200),
    ])
    func rangesHaveBounds(ranges: [String], status: Int) async throws {
        let (files, site) = try StaticFilesTests.site()
        let headers: HTTPFields = ["Range": "bytes=" + ranges.joined(separator: ",")]
        #expect(try await StaticFilesTests.get(site, "digits.txt", headers).response.status.rawValue == status)
        withExtendedLifetime(files) {}
    }

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("identity", nil), ("gzip", "gzip"), ("br", "br"), ("gzip, br", "br"),
            ("GZIP", "gzip"),
            ("x-gzip", "gzip"), ("gzip;q=1, br;q=0.5", "gzip"), ("gzip;q=0, br;q=0", nil), ("*", "br"),
            ("*, br;q=0", "gzip"), ("*;q=0", nil), ("gzip;q=0.001", "gzip"), ("identity, gzip;q=0.5", nil),
            ("identity;q=0.5, gzip", "gzip"), ("identity;q=0", nil), ("identity;q=0, gzip", "gzip"),
            ("gzip;q=1.1", nil), ("gzip;q=", nil), ("gzip;q=0.0001", nil), ("gzip;level=1", nil), ("deflate", nil),
            ("gzip ; q=0.5", "gzip"), (";q=1", nil), ("brr", nil),
        ] as [(String?, String?)]
    )
    func variants(accepted: String?, coding: String?) async throws {
        let files = try ScratchFiles()
        try files.write("plain", to: "site/app.js")
        try files.write("gz bytes", to: "site/app.js.gz")
        try files.write("br", to: "site/app.js.br")
        let site = try StaticFilesTests.make(files)
        let headers: HTTPFields = accepted.map { ["Accept-Encoding": $0] } ?? [:]
        let (response, body) = try await StaticFilesTests.get(site, "app.js", headers)
        #expect(response.headers["Content-Encoding"] == coding)
        #expect(body == (coding == nil ? "plain" : coding == "br" ? "br" : "gz bytes"))
        #expect(response.headers["Content-Type"] == "text/javascript; charset=utf-8")
        #expect(response.headers["Vary"] == "Accept-Encoding")
        let tags = [nil: "\"6553f100.0-5\"", "br": "\"6553f100.0-2-br\"", "gzip": "\"6553f100.0-8-gzip\""]
        #expect(response.headers["ETag"] == tags[coding])
        // Each variant has its own validator, and a range is one of its own bytes.
        let again = try await StaticFilesTests.get(site, "app.js", headers.adding("If-None-Match", tags[coding] ?? ""))
        #expect(again.response.status == 304)
        #expect(again.response.headers["Vary"] == "Accept-Encoding")
        let part = try await StaticFilesTests.get(site, "app.js", headers.adding("Range", "bytes=1-"))
        #expect(part.body == String(body.dropFirst()))
    }

    @Test func aVariantThatIsOlderIsPassedOver() async throws {
        let files = try ScratchFiles()
        try files.write("new", to: "site/app.js")
        try files.write("old", to: "site/app.js.gz", at: 1_699_999_999)
        try files.write("only", to: "site/only.js.gz")
        let site = try StaticFilesTests.make(files)
        let accepting: HTTPFields = ["Accept-Encoding": "gzip"]
        let (response, body) = try await StaticFilesTests.get(site, "app.js", accepting)
        #expect(body == "new")
        #expect(response.headers["Content-Encoding"] == nil)
        #expect(response.headers["Vary"] == nil)
        #expect(try await StaticFilesTests.get(site, "only.js", accepting).response.status == 404)
        #expect(
            try await StaticFilesTests.get(site, "only.js.gz").response.headers["Content-Type"] == "application/gzip"
        )
        let plain = try StaticFilesTests.make(files) { $0.usesPrecompressed = false }
        try files.write("new", to: "site/app.js.gz")
        #expect(try await StaticFilesTests.get(plain, "app.js", accepting).response.headers["Content-Encoding"] == nil)
    }
}

extension HTTPFields {
    fileprivate func adding(_ name: String, _ value: String) -> HTTPFields {
        var copy = self
        copy.append(name, value)
        return copy
    }
}
