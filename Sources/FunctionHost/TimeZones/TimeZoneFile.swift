/// Reads a compiled time zone: TZif versions 1 to 4 (RFC 8536, RFC 9636).
///
/// The bytes are not trusted: every count is checked against what is there before anything is read by it.
struct TimeZoneFile {
    private struct Header {
        var version: UInt8
        var utcIndicators, standardIndicators, leapSeconds, transitions, types, nameBytes: Int

        /// The bytes of the data block that follows, when its times have `width` bytes.
        func blockBytes(width: Int) -> Int {
            transitions * (width + 1) + types * 6 + nameBytes + leapSeconds * (width + 4) + standardIndicators
                + utcIndicators
        }
    }

    /// What is wrong with a file.
    struct Damage: Error {
        let text: String
    }

    private var rest: ArraySlice<UInt8>

    /// The zone in a file's bytes.
    static func rules(_ identifier: String, in bytes: [UInt8]) throws(Damage) -> TimeZoneRules {
        var file = TimeZoneFile(rest: bytes[...])
        var header = try file.header()
        var width = 4
        if header.version >= UInt8(ascii: "2") {
            _ = try file.take(header.blockBytes(width: 4))
            header = try file.header()
            width = 8
        }
        return try file.block(identifier, header, width: width)
    }

    private mutating func header() throws(Damage) -> Header {
        let start = try take(20)
        guard start.starts(with: "TZif".utf8) else { throw Damage(text: "it does not begin with TZif") }
        let version = start[start.startIndex + 4]
        guard version == 0 || version >= UInt8(ascii: "2") else { throw Damage(text: "its version is unknown") }
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(try number(width: 4))) }
        // The whole file is small (see TimeZoneDirectory), so a count beyond its size is damage, and sums cannot overflow.
        guard counts.allSatisfy({ (0...TimeZoneDirectory.fileBytesMax).contains($0) }), counts[4] > 0 else {
            throw Damage(text: "its counts are impossible")
        }
        return Header(
            version: version,
            utcIndicators: counts[0],
            standardIndicators: counts[1],
            leapSeconds: counts[2],
            transitions: counts[3],
            types: counts[4],
            nameBytes: counts[5]
        )
    }

    private mutating func block(
        _ identifier: String,
        _ header: Header,
        width: Int
    ) throws(Damage) -> TimeZoneRules {
        guard header.leapSeconds == 0 else {
            throw Damage(text: "it counts leap seconds, which no clock of a Linux machine does")
        }
        var data = TimeZoneFile(rest: try take(header.blockBytes(width: width)))
        var instants: [Int64] = []
        for _ in 0..<header.transitions { instants.append(try data.number(width: width)) }
        let indexes = try data.take(header.transitions).map(Int.init)
        var types: [(offset: Int, isDaylightSaving: Bool)] = []
        for _ in 0..<header.types {
            let offset = Int(try data.number(width: 4))
            let flags = try data.take(2)
            types.append((offset, flags.first == 1))
        }
        guard
            indexes.allSatisfy({ $0 < types.count }),
            types.allSatisfy({ (-25 * 3600...26 * 3600).contains($0.offset) }),
            zip(instants, instants.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw Damage(text: "its transitions are impossible") }
        return TimeZoneRules(
            identifier: identifier,
            initialOffset: types[0].offset,
            transitions: zip(instants, indexes).map { instant, index in
                .init(instant: instant, offset: types[index].offset, isDaylightSaving: types[index].isDaylightSaving)
            },
            footer: width == 8 ? try footer() : nil
        )
    }

    /// The rule between the last two line feeds; an empty one says that nobody knows.
    private func footer() throws(Damage) -> PosixTimeZone? {
        guard rest.first == 0x0A, let end = rest.dropFirst().firstIndex(of: 0x0A) else {
            throw Damage(text: "its footer is missing")
        }
        let text = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
        guard !text.isEmpty else { return nil }
        guard let zone = PosixTimeZone(text) else { throw Damage(text: "its footer is not a TZ string") }
        return zone
    }

    private mutating func take(_ count: Int) throws(Damage) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Damage(text: "it ends too early") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A big-endian number in two's complement.
    private mutating func number(width: Int) throws(Damage) -> Int64 {
        let bits = try take(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
    }
}
