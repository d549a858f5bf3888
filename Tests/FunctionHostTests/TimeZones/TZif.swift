/// Makes TZif files: version 2 with a footer, version 1 without.
struct TZif: Sendable {
    var footer: String?
    /// Offsets in seconds; every one but the first is daylight-saving.
    var offsets: [Int32] = [0, 3600]
    var transitions: [(instant: Int64, type: UInt8)] = []
    var leapSeconds: Int = 0

    var bytes: [UInt8] {
        guard let footer else { return header(version: 0) + block(width: 4) }
        let old = TZif(footer: nil, offsets: [0])
        return old.header(version: UInt8(ascii: "2")) + old.block(width: 4) + header(version: UInt8(ascii: "2"))
            + block(width: 8) + Array("\n\(footer)\n".utf8)
    }

    private func header(version: UInt8) -> [UInt8] {
        var bytes = Array("TZif".utf8)
        bytes.append(version)
        bytes += [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leapSeconds, transitions.count, offsets.count, 4] { bytes += big(Int64(count), width: 4) }
        return bytes
    }

    private func block(width: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for transition in transitions { bytes += big(transition.instant, width: width) }
        for transition in transitions { bytes.append(transition.type) }
        for (index, offset) in offsets.enumerated() {
            bytes += big(Int64(offset), width: 4)
            bytes += [index == 0 ? 0 : 1, 0]
        }
        bytes += Array("ABC\0".utf8)
        return bytes + [UInt8](repeating: 0, count: leapSeconds * (width + 4))
    }

    private func big(_ value: Int64, width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }
}
