import FunctionTesting
import Testing

@testable import FunctionKit

/// What a folder of files answers: the right file, or nothing that tells more than that there is none.
struct StaticFilesTests {
    /// The folder of most tests: some files, and around it what must never be served.
    static func site(_ resolution: FolderAccess.Resolution = .beneath) throws -> (ScratchFiles, StaticFiles) {
        let files = try ScratchFiles()
        try files.write("<h1>home</h1>", to: "site/index.html")
        try files.write("0123456789", to: "site/digits.txt")
        try files.write("", to: "site/empty.bin")
        try files.write("body{}", to: "site/css/main.css")
        try files.write("a b", to: "site/with space & ümlaut.txt")
        try files.write("{}", to: "site/docs/index.html")
        try files.write("hidden", to: "site/.env")
        try files.write("hidden", to: "site/.git/config")
        try files.write("secret", to: "secret.txt")
        try files.makeFIFO("site/fifo.txt")
        try files.link("site/inside.txt", to: "digits.txt")
        try files.link("site/outside.txt", to: "../secret.txt")
        try files.link("site/absolute.txt", to: files.path + "/secret.txt")
        try files.link("site/up", to: "..")
        try files.link("site/loop", to: "loop")
        return (files, try make(files, resolution: resolution))
    }

    static func make(
        _ files: ScratchFiles,
        resolution: FolderAccess.Resolution = .beneath,
        now: Int64 = 1_800_000_000,
        _ change: (inout StaticFiles.Options) -> Void = { _ in }
    ) throws -> StaticFiles {
        var options = StaticFiles.Options()
        change(&options)
        return try StaticFiles(
            FolderAccess(path: files.path + "/site", resolution: resolution),
            options,
            ManualClock(now: Timestamp(seconds: now)),
            SeededRandomSource(seed: 7)
        )
    }

    static func get(
        _ site: StaticFiles,
        _ path: String?,
        _ headers: HTTPFields = [:],
        method: HTTPMethod = .get
    ) async throws -> (response: HTTPResponse, body: String) {
        let request = HTTPRequest(method: method, path: "/api/site/\(path ?? "")", headers: headers)
        let response = try site.respond(to: request, path: path)
        return (response, String(decoding: try await response.body.collect(), as: UTF8.self))
    }

    @Test(arguments: [
        ("digits.txt", "0123456789", "text/plain; charset=utf-8"), ("empty.bin", "", "application/octet-stream"),
        ("css/main.css", "body{}", "text/css; charset=utf-8"), ("", "<h1>home</h1>", "text/html; charset=utf-8"),
        ("with space & ümlaut.txt", "a b", "text/plain; charset=utf-8"), ("docs/", "{}", "text/html; charset=utf-8"),
        ("docs/index.html", "{}", "text/html; charset=utf-8"),
    ])
    func servesAFile(path: String, body: String, type: String) async throws {
        for resolution in [FolderAccess.Resolution.beneath, .stepwise] {
            let (files, site) = try Self.site(resolution)
            let (response, text) = try await Self.get(site, path)
            #expect(response.status == .ok)
            #expect(text == body)
            #expect(response.headers["Content-Type"] == type)
            #expect(response.headers["X-Content-Type-Options"] == "nosniff")
            #expect(response.headers["Accept-Ranges"] == "bytes")
            #expect(response.headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT")
            #expect(response.headers["ETag"] == "\"6553f100.0-\(String(body.utf8.count, radix: 16))\"")
            #expect(response.headers["Cache-Control"] == nil)
            #expect(response.headers["Vary"] == nil)
            #expect(response.body.file != nil)
            withExtendedLifetime(files) {}
        }
    }

    @Test(arguments: [
        "absent.txt", "css", "css/", "digits.txt/", "digits.txt/x", "..", "../secret.txt", "css/../digits.txt",
        "css/../../secret.txt", ".", "./digits.txt", ".env", ".git/config", ".git", "/digits.txt", "//digits.txt",
        "css//main.css", "/", "digits.txt\0", "digits.txt\0.html", "\0", "css\\main.css", "..\\secret.txt",
        "%2e%2e/secret.txt", "digits%2Etxt", "digits.txt\n", "\u{7F}", "outside.txt", "absolute.txt", "up/secret.txt",
        "up/site/digits.txt", "loop", "fifo.txt", "…/digits.txt", "digits.txt ", "DIGITS.TXT", "C:/secret.txt",
        String(repeating: "a", count: 256), String(repeating: "a/", count: 2048) + "a",
        String(repeating: "a", count: 100_000),
    ])
    func isSilentAboutEverythingElse(path: String) async throws {
        for resolution in [FolderAccess.Resolution.beneath, .stepwise] {
            let (files, site) = try Self.site(resolution)
            let (response, text) = try await Self.get(site, path, ["Range": "bytes=0-1", "If-None-Match": "*"])
            #expect(response.status == .notFound)
            #expect(text.isEmpty)
            #expect(response.headers.isEmpty)
            withExtendedLifetime(files) {}
        }
    }

    @Test func followsLinksWithinTheFolderWhereTheKernelCan() async throws {
        let (files, site) = try Self.site()
        #expect(try await Self.get(site, "inside.txt").body == "0123456789")
        let (others, stepwise) = try Self.site(.stepwise)
        #expect(try await Self.get(stepwise, "inside.txt").response.status == .notFound)
        withExtendedLifetime((files, others)) {}
    }

    @Test(
        arguments: [
            ("/api/site/docs", "docs", nil, "./docs/"), ("/api/site/docs", "docs", "a=1&b=/", "./docs/?a=1&b=/"),
            ("/api/site", nil, nil, "./site/"), ("//evil.example/docs", "docs", nil, "./docs/"),
            ("/api/d%6Fcs", "docs", nil, "./d%6Fcs/"),
        ] as [(String, String?, String?, String)]
    )
    func sendsAFolderToItsSlash(url: String, path: String?, query: String?, location: String) throws {
        let (files, site) = try Self.site()
        let response = try site.respond(to: HTTPRequest(path: url, query: query), path: path)
        #expect(response.status == 308)
        #expect(response.headers["Location"] == location)
        withExtendedLifetime(files) {}
    }

    @Test(arguments: [HTTPMethod.post, .put, .delete, .options, HTTPMethod(rawValue: "TRACE")])
    func refusesOtherMethods(method: HTTPMethod) async throws {
        let (files, site) = try Self.site()
        for path in ["digits.txt", "absent.txt"] {
            let (response, _) = try await Self.get(site, path, method: method)
            #expect(response.status == 405)
            #expect(response.headers["Allow"] == "GET, HEAD")
        }
        withExtendedLifetime(files) {}
    }

    @Test func takesOptions() async throws {
        let files = try ScratchFiles()
        try files.write("x", to: "site/a.geojson")
        try files.write("home", to: "site/start.htm")
        let site = try Self.make(files) {
            $0.indexFile = "start.htm"
            $0.cacheControl = "public, max-age=60"
            $0.mediaTypes = ["geojson": "application/geo+json"]
        }
        let (response, _) = try await Self.get(site, "a.geojson")
        #expect(response.headers["Content-Type"] == "application/geo+json")
        #expect(response.headers["Cache-Control"] == "public, max-age=60")
        #expect(try await Self.get(site, "").body == "home")
        let bare = try Self.make(files) { $0.indexFile = nil }
        #expect(try await Self.get(bare, "").response.status == .notFound)
    }

    @Test func wantsAFolder() throws {
        let files = try ScratchFiles()
        try files.write("x", to: "file")
        let app = TestApp(settings: ["AzureWebJobsScriptRoot": files.path]).context()
        for folder in ["absent", "file", files.path + "/absent"] {
            #expect(throws: FileError.self) { try StaticFiles(folder: folder, app: app) }
        }
        #expect(throws: Never.self) { try StaticFiles(folder: ".", app: app) }
        #expect(throws: Never.self) { try StaticFiles(folder: files.path, app: app) }
    }

    @Test func aNewDeploymentCountsAtOnce() async throws {
        let (files, site) = try Self.site()
        let before = try await Self.get(site, "digits.txt").response.headers["ETag"]
        try files.write("9876543210", to: "site/digits.txt", at: 1_700_000_001)
        let after = try await Self.get(site, "digits.txt", ["If-None-Match": before ?? ""])
        #expect(after.body == "9876543210")
        #expect(after.response.headers["ETag"] != before)
    }
}
