import FunctionHost
import FunctionKit
import Testing

/// Time zones from TZif files: real ones, made ones and damaged ones.
@Suite struct TimeZoneTests {
    private static let readsTheSystemsZonesRows: [(String, String, Int64)] = [
        ("America/Los_Angeles", "2018-11-04T08:59:59Z", -25_200),
        ("America/Los_Angeles", "2018-11-04T09:00:00Z", -28_800),
        ("America/Los_Angeles", "2018-03-11T09:59:59Z", -28_800),
        ("America/Los_Angeles", "2018-03-11T10:00:00Z", -25_200),
        // Far beyond the file's last transition: its footer's rule holds.
        ("America/Los_Angeles", "2500-07-01T00:00:00Z", -25_200),
        ("America/Los_Angeles", "2500-12-31T23:59:59Z", -28_800),
        ("Europe/Berlin", "2499-06-30T00:00:00Z", 7200),
        ("Australia/Sydney", "2500-01-01T00:00:00Z", 39_600),
        ("Australia/Lord_Howe", "2400-01-01T00:00:00Z", 39_600),
        ("Australia/Lord_Howe", "2400-07-01T00:00:00Z", 37_800),
        ("Asia/Kolkata", "2026-01-01T00:00:00Z", 19_800),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", 20_700),
        ("Europe/Istanbul", "2400-07-01T00:00:00Z", 10_800),
        ("Etc/GMT+5", "2026-01-01T00:00:00Z", -18_000),
        ("UTC", "2026-01-01T00:00:00Z", 0),
    ]

    @Test(arguments: readsTheSystemsZonesRows)
    func readsTheSystemsZones(_ name: String, _ moment: String, _ offset: Int64) throws {
        let zone = try TimeZoneDirectory().zone(named: name)
        let moment = try #require(Timestamp(moment))
        #expect(zone.offset(at: moment.seconds) == offset)
    }

    @Test func readsLocalTimes() throws {
        let zone = try TimeZoneDirectory().zone(named: "America/Los_Angeles")
        func wall(_ text: String) throws -> Int64 { try instant(text + "Z") }
        func instant(_ text: String) throws -> Int64 { try #require(Timestamp(text)).seconds }
        #expect(
            try zone.reading(of: wall("2018-11-04T01:30:00"))
                == .repeated(first: instant("2018-11-04T08:30:00Z"), second: instant("2018-11-04T09:30:00Z"))
        )
        #expect(
            try zone.reading(of: wall("2018-11-04T02:00:00")) == .single(instant("2018-11-04T10:00:00Z"))
        )
        #expect(
            try zone.reading(of: wall("2018-11-04T00:59:59")) == .single(instant("2018-11-04T07:59:59Z"))
        )
        #expect(
            try zone.reading(of: wall("2018-03-11T02:00:00")) == .skipped(instant("2018-03-11T10:00:00Z"))
        )
        #expect(
            try zone.reading(of: wall("2018-03-11T02:59:59")) == .skipped(instant("2018-03-11T10:59:59Z"))
        )
        #expect(
            try zone.reading(of: wall("2018-03-11T03:00:00")) == .single(instant("2018-03-11T10:00:00Z"))
        )
    }

    @Test func skipsASamoanDay() throws {
        let zone = try TimeZoneDirectory().zone(named: "Pacific/Apia")
        let wall = try #require(Timestamp("2011-12-30T12:00:00Z")).seconds
        let expected = try #require(Timestamp("2011-12-30T22:00:00Z")).seconds
        #expect(zone.reading(of: wall) == .skipped(expected))
    }

    private static let followsFootersRows: [(String, String, Int64)] = [
        ("EST5EDT,M3.2.0,M11.1.0", "2026-07-01T00:00:00Z", -14_400),
        ("<+03>-3", "2026-07-01T00:00:00Z", 10_800),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600),
        ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00Z", 10_800),
        ("IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-26T23:59:59Z", 7200),
        // Daylight-saving all year (RFC 9636, section 3.3.1).
        ("XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", -14_400),
        ("XXX3EDT4,0/0,J365/23", "2025-12-31T23:59:59Z", -14_400),
        ("XXX3EDT4,0/0,J365/23", "2026-01-01T03:00:00Z", -14_400),
        ("AAA0BBB,J60/0,J61/0", "2028-03-01T12:00:00Z", 3600),
        ("AAA0BBB,J60/0,J61/0", "2028-02-29T12:00:00Z", 0),
        ("AAA0BBB,59/0,60/0", "2028-02-29T12:00:00Z", 3600),
        ("AAA0BBB,59/0,60/0", "2027-03-01T12:00:00Z", 3600),
        ("NZST-12NZDT,M9.5.0,M4.1.0/3", "2026-12-31T12:00:00Z", 46_800),
        ("LMT+7:52:58", "2026-12-31T12:00:00Z", -28_378),
    ]

    @Test(arguments: followsFootersRows)
    func followsFooters(_ footer: String, _ moment: String, _ offset: Int64) throws {
        let zone = try directory(TZif(footer: footer).bytes).zone(named: "Made/Up")
        let moment = try #require(Timestamp(moment))
        #expect(zone.offset(at: moment.seconds) == offset)
    }

    private static let refusesFootersRows: [String] = [
        "EST", "E5", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J5", "EST5EDT,366,1", "EST5EDT,M3.2.0/168,M11.1.0", "<+03-3", "EST25",
        "EST5EDT,M3.2.0,M11.1.0,", "5", "EST5:60", "ÄÄÄ5",
    ]

    @Test(arguments: refusesFootersRows)
    func refusesFooters(_ footer: String) throws {
        let directory = directory(TZif(footer: footer).bytes)
        let error = #expect(throws: TimeZoneError.self) { try directory.zone(named: "Made/Up") }
        #expect(error?.description.contains("its footer is not a TZ string") == true)
    }

    @Test func readsVersionOneAndNoRule() throws {
        var file = TZif(footer: nil)
        file.transitions = [(instant: -100, type: 1), (instant: 100, type: 0)]
        let zone = try directory(file.bytes).zone(named: "Made/Up")
        #expect([-101, -100, 99, 100, 1 << 40].map { zone.offset(at: $0) } == [0, 3600, 3600, 0, 0])
        #expect(zone.observesDaylightSaving)

        file.footer = ""
        file.transitions = [(instant: -(1 << 40), type: 1)]
        let later = try directory(file.bytes).zone(named: "Made/Up")
        #expect([-(1 << 40) - 1, -(1 << 40), 0].map { later.offset(at: $0) } == [0, 3600, 3600])
    }

    @Test func refusesDamage() throws {
        let whole = TZif(footer: "EST5EDT,M3.2.0,M11.1.0", transitions: [(instant: 5, type: 1)]).bytes
        #expect(throws: Never.self) { try directory(whole).zone(named: "Made/Up") }
        for count in 0..<whole.count {
            let directory = directory(Array(whole.prefix(count)))
            #expect(throws: TimeZoneError.self) { try directory.zone(named: "Made/Up") }
        }
        // Whatever one byte becomes, the answer is a zone or an error, never a trap.
        for index in whole.indices {
            for value in [UInt8](arrayLiteral: 0, 1, 0x7F, 0x80, 0xFF) {
                var bytes = whole
                bytes[index] = value
                if let zone = try? directory(bytes).zone(named: "Made/Up") { _ = zone.reading(of: 1_000_000_000) }
            }
        }
    }

    private static let namesDamageRows: [([UInt8], String)] = [
        (TZif(footer: "A", transitions: [(instant: 5, type: 2)]).bytes, "its transitions are impossible"),
        (
            TZif(footer: "A", transitions: [(instant: 5, type: 0), (instant: 5, type: 1)]).bytes,
            "its transitions are impossible"
        ),
        (TZif(footer: "A", offsets: [100_000]).bytes, "its transitions are impossible"),
        (TZif(footer: "A", offsets: []).bytes, "its counts are impossible"),
        (TZif(footer: "A", leapSeconds: 1).bytes, "it counts leap seconds"),
        (Array("<!doctype html><title>No such zone</title>".utf8), "it does not begin with TZif"),
        ([], "it ends too early"),
    ]

    @Test(arguments: namesDamageRows)
    func namesDamage(_ bytes: [UInt8], _ reason: String) throws {
        let error = #expect(throws: TimeZoneError.self) { try directory(bytes).zone(named: "Made/Up") }
        #expect(error?.description.hasPrefix("Time zone 'Made/Up': /zones/Made/Up cannot be read: \(reason)") == true)
    }

    @Test func refusesAFileWithoutEnd() throws {
        let directory = directory([UInt8](repeating: 0, count: TimeZoneDirectory.fileBytesMax + 1))
        let error = #expect(throws: TimeZoneError.self) { try directory.zone(named: "Made/Up") }
        #expect(error?.description.contains("has more than 65536 bytes") == true)
        #expect(throws: (any Error).self) { try readTimeZoneFile("/usr/share/zoneinfo") }
        #expect(try readTimeZoneFile("/dev/zero").count == TimeZoneDirectory.fileBytesMax + 1)
    }

    private static let refusesNamesRows: [String] = [
        "", "/etc/passwd", "../../../etc/passwd", "Europe/../../passwd", "Europe//Berlin", "Europe/",
        "Europe/Ber\u{0}lin",
        ".", "Pacific Summer Time", "Europe/Zürich", String(repeating: "a", count: 256), "America\\New_York", "a%2fb",
    ]

    @Test(arguments: refusesNamesRows)
    func refusesNames(_ name: String) {
        let directory = TimeZoneDirectory(path: "/zones") { path in
            Issue.record("read \(path)")
            return []
        }
        let error = #expect(throws: TimeZoneError.self) { try directory.zone(named: name) }
        #expect(
            error?.description
                == "'\(name.prefix(80))' is neither an IANA nor a Windows time zone name. Use one such as Europe/Berlin or UTC."
        )
    }

    @Test func namesAMissingZoneAndTheRemedy() {
        let error = #expect(throws: TimeZoneError.self) { try TimeZoneDirectory().zone(named: "Mars/Olympus") }
        #expect(
            error?.description
                == "Time zone 'Mars/Olympus' is not in /usr/share/zoneinfo. Check the name, such as Europe/Berlin, or install "
                + "the package tzdata (apt-get install tzdata)."
        )
    }

    private static let followsTheEnvironmentRows: [([String: String], String)] = [
        ([:], "UTC"),
        (["TZ": ""], "UTC"),
        (["TZ": "Europe/Berlin"], "Europe/Berlin"),
        (["TZ": ":Europe/Berlin"], "Europe/Berlin"),
        (["WEBSITE_TIME_ZONE": "Asia/Tokyo"], "Asia/Tokyo"),
        (["TZ": "Europe/Berlin", "WEBSITE_TIME_ZONE": "Asia/Tokyo"], "Europe/Berlin"),
        (["WEBSITE_TIME_ZONE": "Pacific Standard Time"], "America/Los_Angeles"),
        (["TZ": "W. Europe Standard Time"], "Europe/Berlin"),
        (["TZ": "/usr/share/zoneinfo/Asia/Tokyo"], "Asia/Tokyo"),
        (["TZ": ":/usr/share/zoneinfo/Asia/Tokyo"], "Asia/Tokyo"),
    ]

    @Test(arguments: followsTheEnvironmentRows)
    func followsTheEnvironment(_ variables: [String: String], _ name: String) throws {
        #expect(try TimeZoneDirectory().zone(environment: { variables[$0] }).identifier == name)
    }

    @Test func namesTheVariable() {
        let error = #expect(throws: TimeZoneError.self) {
            try TimeZoneDirectory().zone(environment: { ["WEBSITE_TIME_ZONE": "Eastern Summer Time"][$0] })
        }
        #expect(error?.description.hasPrefix("WEBSITE_TIME_ZONE: 'Eastern Summer Time' is neither an IANA") == true)
    }

    private func directory(_ bytes: [UInt8]) -> TimeZoneDirectory { TimeZoneDirectory(path: "/zones") { _ in bytes } }
}
