import Testing

@testable import FunctionHost

/// The time zone names that function apps on Windows have in their settings.
@Suite struct WindowsTimeZoneTests {
    private static let namesRows: [(String, String)] = [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("Eastern Standard Time", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT Standard Time", "Europe/London"),
        ("india standard time", "Asia/Kolkata"),
        ("CENTRAL STANDARD TIME (MEXICO)", "America/Mexico_City"),
        ("UTC+12", "Etc/GMT-12"),
        ("UTC-11", "Etc/GMT+11"),
    ]

    @Test(arguments: namesRows)
    func names(_ name: String, _ identifier: String) throws {
        #expect(WindowsTimeZones.identifier(of: name) == identifier)
        #expect(try TimeZoneDirectory().zone(named: name).identifier == identifier)
    }

    @Test(arguments: ["", "UTC", "UTC+99", "Pacific", "Pacific Summer Time", "Europe/Berlin", "x=y", "Standard Time ="])
    func knowsNoOther(_ name: String) { #expect(WindowsTimeZones.identifier(of: name) == nil) }

    @Test func everyNameLeadsToAZoneThatIsThere() throws {
        #expect(WindowsTimeZones.names.count == 141)
        for name in WindowsTimeZones.names {
            let identifier = try #require(WindowsTimeZones.identifier(of: name), "\(name)")
            #expect(throws: Never.self, "\(name)") { try TimeZoneDirectory().zone(named: identifier) }
        }
    }
}
