import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import Portal

/// What the portal's code reads against what its `function.json` files declare, so that `postern settings check` tells all.
struct DeclaredSettingsTests {
    private struct Declaration: Decodable { var settings: [String] }

    /// Remembers each name that was looked up. Every setting has a value, so that nothing is skipped for want of another.
    private final class Lookups: Sendable {
        private let asked = LockedState<Set<String>>([])
        var names: Set<String> { asked.withLock { $0 } }

        var settings: AppSettings {
            AppSettings { name in
                self.asked.withLock { _ = $0.insert(name) }
                return name.hasSuffix("_URL") ? "https://example.test" : "someone@example.test"
            }
        }
    }

    private static func declared() throws -> [String: [String]] {
        let root = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
        let folder = root + "/Functions"
        var result: [String: [String]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)/function.json") else { continue }
            result[name] = try JSONDecoder().decode(Declaration.self, from: bytes).settings
        }
        return result
    }

    @Test func everySettingThatIsReadIsDeclaredAndNoOther() throws {
        let lookups = Lookups()
        _ = try PortalSettings(
            lookups.settings,
            environment: HostEnvironment(isDevelopment: true, baseURL: "http://localhost:7071")
        )
        _ = MailSettings(lookups.settings)
        // Read only with a connection string that can be read.
        let read = lookups.names.union(["ACS_FROM_ADDRESS"])
        let declared = try Set(Self.declared().values.joined())
        #expect(read.count > 15)
        #expect(declared == Set(read.map { $0 + "?" }))
    }

    @Test func everyFunctionDeclaresWhatItReadsOnce() throws {
        let declared = try Self.declared()
        #expect(declared.count >= 17)
        for (function, names) in declared {
            #expect(!names.isEmpty, "\(function)")
            #expect(Set(names).count == names.count, "\(function)")
        }
    }
}
