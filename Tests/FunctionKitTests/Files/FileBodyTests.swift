import FunctionKit
import Glibc
import Testing

/// Bodies that are parts of open files.
struct FileBodyTests {
    private static func code(_ body: () throws -> Void) -> FileError.Code? {
        do {
            try body()
            return nil
        } catch let error as FileError { return error.code } catch { return nil }
    }

    @Test func aFileIsReadAsOftenAsOneLikes() async throws {
        let files = try ScratchFiles()
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
        try files.write(bytes, to: "large")
        let body = HTTPBody(try OpenFile(path: files.path + "/large"))
        #expect(body.length == 700_000)
        #expect(body.bytes == nil)
        #expect(!body.isStreamed)
        #expect(body.file?.length == 700_000)
        #expect(try await body.collect() == bytes)
        #expect(try await body.collect() == bytes)
        let source = body.makeSource()
        var sizes: [Int] = []
        while let chunk = try await source() { sizes.append(chunk.count) }
        #expect(sizes == [262_144, 262_144, 175_712])
        await #expect(throws: HTTPError.self) { try await body.collect(upTo: 699_999) }
    }

    @Test(arguments: [(0, 10, "0123456789"), (3, 4, "3456"), (10, 0, ""), (9, 1, "9")])
    func aRegionIsThatPart(offset: Int, length: Int, expected: String) async throws {
        let files = try ScratchFiles()
        try files.write("0123456789", to: "digits")
        let region = try FileRegion(try OpenFile(path: files.path + "/digits"), offset: offset, length: length)
        #expect(String(decoding: try await HTTPBody(region).collect(), as: UTF8.self) == expected)
        #expect(HTTPBody(region).isEmpty == expected.isEmpty)
    }

    @Test(arguments: [(-1, 1), (0, -1), (0, 11), (11, 0), (5, 6), (Int.max, 1), (1, Int.max)])
    func aRegionLiesWithinItsFile(offset: Int, length: Int) throws {
        let files = try ScratchFiles()
        try files.write("0123456789", to: "digits")
        let file = try OpenFile(path: files.path + "/digits")
        #expect(Self.code { _ = try FileRegion(file, offset: offset, length: length) } == .outside)
    }

    @Test func onlyRegularFilesAreFiles() throws {
        let files = try ScratchFiles()
        try files.makeFIFO("fifo")
        #expect(Self.code { _ = try OpenFile(path: files.path + "/fifo") } == .notRegular)
        #expect(Self.code { _ = try OpenFile(path: files.path) } == .notRegular)
        #expect(Self.code { _ = try OpenFile(path: "/dev/null") } == .notRegular)
        #expect(Self.code { _ = try OpenFile(path: files.path + "/absent") } == .notFound)
        #expect(Self.code { _ = try OpenFile(adopting: -1) } == .system)
    }

    @Test func aFileThatGrowsKeepsItsLength() async throws {
        let files = try ScratchFiles()
        try files.write("before", to: "log")
        let body = HTTPBody(try OpenFile(path: files.path + "/log"))
        try files.write("before and after", to: "log")
        #expect(String(decoding: try await body.collect(), as: UTF8.self) == "before")
    }

    @Test(arguments: [0, 3])
    func aFileThatShrinksBreaksOff(length: Int) async throws {
        let files = try ScratchFiles()
        try files.write("0123456789", to: "digits")
        let body = HTTPBody(try OpenFile(path: files.path + "/digits"))
        try files.truncate("digits", to: length)
        await #expect {
            try await body.collect()
        } throws: {
            ($0 as? FileError)?.code == .truncated
        }
    }

    @Test func theFileIsClosedWithItsLastBody() throws {
        let files = try ScratchFiles()
        try files.write("0123456789", to: "digits")
        var body: HTTPBody? = HTTPBody(try OpenFile(path: files.path + "/digits"))
        let descriptor = try #require(body?.file?.file.descriptor)
        let name = "/proc/self/fd/\(descriptor)"
        #expect(readlinkText(name) == files.path + "/digits")
        body = nil
        #expect(readlinkText(name) != files.path + "/digits")
    }

    private func readlinkText(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
