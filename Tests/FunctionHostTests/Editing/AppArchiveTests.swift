import FunctionKit
import Glibc
import Testing

@testable import FunctionHost

/// The archive of an app: its format, what is in it and what is not.
struct AppArchiveTests {
    private func collect(_ archive: AppArchive) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await archive.next() { bytes += piece }
        return bytes
    }

    @Test(
        arguments: [
            ("", 0x0000_0000), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)]
    )
    func checksumsAreThoseOfTheStandard(text: String, value: UInt32) {
        var checksum = CRC32()
        for byte in text.utf8 { checksum.add([byte]) }
        #expect(checksum.value == value)
        var whole = CRC32()
        whole.add(text.utf8)
        #expect(whole.value == value)
    }

    @Test(
        arguments: [
            (0, 0x0021, 0x0000), (315_532_800, 0x0021, 0x0000), (1_709_210_096, 0x585D, 0x645C),
            (4_354_819_199, 0xFF9F, 0xBF7D), (Int64.max, 0xFF9F, 0xBF7D), (-1, 0x0021, 0x0000),
        ] as [(Int64, UInt16, UInt16)]
    )
    func timesAreThoseOfDOS(seconds: Int64, date: UInt16, time: UInt16) {
        let result = ZipEntry.dosTime(seconds)
        #expect(result.date == date)
        #expect(result.time == time)
    }

    @Test func oneFileMakesThisArchive() async throws {
        let app = try TemporaryFolder()
        try app.write("{}", to: "host.json")
        var times = [timespec(tv_sec: 1_709_210_096, tv_nsec: 0), timespec(tv_sec: 1_709_210_096, tv_nsec: 0)]
        utimensat(AT_FDCWD, app.path + "/host.json", &times, 0)
        let archive = try AppArchive(root: app.path, folders: [])
        let bytes = try await collect(archive)
        let name = Array("host.json".utf8)
        let common: [UInt8] = [
            20, 0, 0, 8, 0, 0, 0x5C, 0x64, 0x5D, 0x58, 0x43, 0xBF, 0xA6, 0xA3, 2, 0, 0, 0, 2, 0, 0, 0, 9, 0,
        ]
        var expected: [UInt8] = [0x50, 0x4B, 3, 4] + common + [0, 0] + name + Array("{}".utf8)
        let directory: [UInt8] =
            [0x50, 0x4B, 1, 2, 20, 3] + common + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA4, 0x81, 0, 0, 0, 0] + name
        let offset = UInt8(expected.count)
        expected += directory
        expected += [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, UInt8(directory.count), 0, 0, 0, offset, 0, 0, 0, 0, 0]
        #expect(bytes == expected)
        #expect(archive.length == bytes.count)
    }

    @Test func onlyTheFunctionsAreInIt() async throws {
        let app = try TemporaryFolder()
        let names = [
            "host.json", "local.settings.json", "data/_host/log.jsonl", ".env", "readme.txt", "hello/function.json",
            "hello/.hidden", "hello/.git/config", "hello/local.settings.json", "hello/lib/ü.txt", "hello/empty.txt",
            "Functions/b/function.json", "Functions/b/large.bin",
        ]
        for name in names { try app.write(name.hasSuffix("empty.txt") ? "" : "content of \(name)", to: name) }
        let large = String(repeating: "0123456789abcdef", count: 20_000)
        try app.write(large, to: "Functions/b/large.bin")
        symlink("/etc/passwd", app.path + "/hello/passwd")
        symlink("/etc", app.path + "/hello/etc")
        let archive = try await FunctionFolders(root: app.path, dataFolder: app.path + "/data").archive()
        let bytes = try await collect(archive)
        #expect(bytes.count == archive.length)
        let text = String(decoding: bytes, as: UTF8.self)
        for name in ["host.json", "hello/function.json", "hello/lib/ü.txt", "hello/empty.txt", "Functions/b/large.bin"]
        {
            #expect(text.contains("PK") && text.contains(name))
        }
        for name in ["local.settings", "_host", ".env", "readme", ".hidden", ".git", "passwd"] {
            #expect(!text.contains(name), "\(name)")
        }
        #expect(text.contains(large))
    }

    @Test(arguments: ["shorter", "longer than it was before", "another thing"])
    func aFileThatChangesBreaksItOff(text: String) async throws {
        let app = try TemporaryFolder()
        try app.write("{}", to: "host.json")
        try app.write("13 characters", to: "hello/function.json")
        let archive = try AppArchive(root: app.path, folders: ["hello"])
        try app.write(text, to: "hello/function.json")
        await #expect(throws: EditingError.self) { _ = try await collect(archive) }
    }

    @Test func foldersDoNotNestForever() async throws {
        let app = try TemporaryFolder()
        try app.write("{}", to: "host.json")
        try app.write("x", to: "hello/" + String(repeating: "d/", count: 40) + "x")
        #expect(throws: EditingError.self) { _ = try AppArchive(root: app.path, folders: ["hello"]) }
    }
}
