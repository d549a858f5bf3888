import FoundationEssentials
import Testing

/// The inputs that `scripts/fuzz` has found to be worth keeping, and those that once showed a fault.
@Suite struct FuzzCorpusTests {
    private static func inputs(in folder: String) throws -> [(name: String, bytes: [UInt8])] {
        let path = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Fuzz/\(folder)"
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { name in
            guard let content = FileManager.default.contents(atPath: "\(path)/\(name)") else {
                throw CocoaError(.fileReadUnknown)
            }
            return (name, Array(content))
        }
    }

    @Test(arguments: [("Corpus", 100), ("Findings", 5)])
    func everyInputIsHandledAsItShouldBe(folder: String, countMin: Int) throws {
        let inputs = try Self.inputs(in: folder)
        #expect(inputs.count >= countMin)
        for (name, bytes) in inputs {
            let problem = FuzzCheck(bytes).problem()
            #expect(problem == nil, "scripts/fuzz --replay Tests/Fuzz/\(folder)/\(name)")
        }
    }

    /// The check itself: each of these faults, put in on purpose, is noticed with some inputs.
    @Test(arguments: FuzzOwner.Fault.allCases)
    func faultsAreNoticed(_ fault: FuzzOwner.Fault) throws {
        let noticed = try Self.inputs(in: "Corpus").count { FuzzCheck($0.bytes, fault: fault).problem() != nil }
        #expect(noticed >= 5)
    }
}
