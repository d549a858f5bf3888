import DocumentStore
import Testing

@testable import StoreSimulation

/// What the simulated disk keeps and loses.
struct DiskTests {
    private let trace = EventTrace()

    private func disk(_ image: DiskImage = DiskImage(), seed: UInt64 = 1) -> SimulatedDisk {
        SimulatedDisk(image: image, random: SimulationRandom(seed: seed, stream: 0), trace: trace)
    }

    /// What a file may hold after losses of power; nil for one that is not there.
    private func survivors(
        _ path: String,
        _ prepare: (SimulatedDisk) throws -> Void
    ) throws -> Set<[UInt8]?> {
        var result: Set<[UInt8]?> = []
        for seed in 0..<400 {
            let disk = disk(seed: UInt64(seed))
            try prepare(disk)
            var image = disk.image
            image.losePower(&disk.random)
            result.insert(image.file(path).map { image.files[$0].content })
        }
        return result
    }

    private func make(_ path: String, _ text: String, on disk: SimulatedDisk, syncs: Bool) throws {
        let file = try #require(try disk.open(path, .createOrKeep))
        try file.write(Array(text.utf8), at: 0)
        if syncs { try file.sync() }
    }

    private func texts(_ survivors: Set<[UInt8]?>) -> Set<String?> {
        Set(survivors.map { $0.map { String(decoding: $0, as: UTF8.self) } })
    }

    @Test func syncedContentUnderASyncedNameStays() throws {
        let found = try survivors("/a") { disk in
            try make("/a", "one", on: disk, syncs: true)
            try disk.syncFolder("/")
        }
        #expect(texts(found) == ["one"])
    }

    @Test func aNameThatIsNotSyncedMayBeLost() throws {
        let found = try survivors("/a") { try make("/a", "one", on: $0, syncs: true) }
        #expect(texts(found) == ["one", nil])
    }

    @Test func contentThatIsNotSyncedIsThereInPart() throws {
        let found = texts(
            try survivors("/a") { disk in
                try make("/a", "one", on: disk, syncs: false)
                try disk.syncFolder("/")
            }
        )
        #expect(found.isSuperset(of: ["", "o", "on", "one", "\0\0\0", "o\0\0", "\0n", "\0\0e"]))
        #expect(!found.contains(nil))
    }

    @Test func aRenameIsThereOrNot() throws {
        let found = try survivors("/a") { disk in
            try make("/a", "old", on: disk, syncs: true)
            try disk.syncFolder("/")
            try make("/b", "new", on: disk, syncs: true)
            try disk.rename("/b", to: "/a")
        }
        #expect(texts(found) == ["old", "new"])
    }

    @Test func aRenamedFileThatIsNotSyncedMayBeEmpty() throws {
        let found = try survivors("/a") { disk in
            try make("/b", "new", on: disk, syncs: false)
            try disk.rename("/b", to: "/a")
            try disk.syncFolder("/")
        }
        #expect(texts(found).isSuperset(of: ["", "n", "new"]))
    }

    @Test func aRemovedFileMayComeBack() throws {
        let found = try survivors("/a") { disk in
            try make("/a", "old", on: disk, syncs: true)
            try disk.syncFolder("/")
            try disk.remove("/a")
        }
        #expect(texts(found) == ["old", nil])
    }

    @Test func writesOvertakeEachOther() throws {
        let found = try survivors("/a") { disk in
            try make("/a", "ab", on: disk, syncs: true)
            try disk.syncFolder("/")
            let file = try #require(try disk.open("/a", .write))
            try file.write(Array("c".utf8), at: 0)
            try file.write(Array("d".utf8), at: 1)
        }
        #expect(texts(found) == ["ab", "cb", "ad", "cd"])
    }

    @Test func aFailedSyncMayDropWhatReadsShow() throws {
        var found: Set<String?> = []
        for seed in 0..<200 {
            let disk = disk(seed: UInt64(seed))
            try make("/a", "one", on: disk, syncs: false)
            try disk.syncFolder("/")
            let file = try #require(try disk.open("/a", .write))
            disk.faults.sync = 1000
            disk.faults.drop = 1000
            #expect(throws: DiskError.self) { try file.sync() }
            disk.faults.sync = 0
            // The second answer is worth nothing.
            try file.sync()
            #expect(try file.readFully(at: 0, count: 9) == Array("one".utf8))
            var image = disk.image
            image.losePower(&disk.random)
            found.insert(image.file("/a").map { String(decoding: image.files[$0].content, as: UTF8.self) })
        }
        #expect(found.isSuperset(of: ["", "one", "o"]))
    }

    @Test func aKilledProcessLosesNothing() throws {
        let disk = disk()
        try make("/a", "one", on: disk, syncs: false)
        let file = try #require(try disk.open("/a", .write))
        #expect(try file.lock())
        var image = disk.image
        image.endProcess()
        let next = self.disk(image)
        let again = try #require(try next.open("/a", .write))
        #expect(try again.readFully(at: 0, count: 9) == Array("one".utf8))
        #expect(try again.lock())
    }

    @Test func aFullDiskTakesAPart() throws {
        let disk = disk()
        disk.faults.capacity = 2
        #expect(throws: DiskError.self) { try make("/a", "three", on: disk, syncs: true) }
        disk.faults.capacity = nil
        try make("/a", "three", on: disk, syncs: true)
    }

    @Test func nothingWorksOnAMachineThatStopped() throws {
        let disk = disk()
        try make("/a", "one", on: disk, syncs: true)
        let file = try #require(try disk.open("/a", .write))
        disk.stopsAt = disk.accesses + 1
        #expect(throws: DiskError.self) { try file.write([1], at: 0) }
        #expect(disk.isDead)
        #expect(throws: DiskError.self) { try file.readFully(at: 0, count: 1) }
        #expect(throws: DiskError.self) { try disk.names(in: "/") }
    }

    @Test func aGapReadsAsZeros() throws {
        let disk = disk()
        let file = try #require(try disk.open("/a", .create))
        try file.write([7], at: 3)
        #expect(try file.readFully(at: 0, count: 9) == [0, 0, 0, 7])
    }
}
