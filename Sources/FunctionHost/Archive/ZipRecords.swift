/// One file of a ZIP archive (PKWARE's APPNOTE 6.3), stored without compression.
struct ZipEntry: Sendable, Equatable {
    /// The path in the archive, in UTF-8.
    var path: String
    /// The length in bytes.
    var size: UInt32
    /// The checksum of the content.
    var checksum: UInt32
    /// When the file was last changed, in seconds since 1970 (UTC).
    var modified: Int64
    /// Where its local header begins.
    var offset: UInt32 = 0

    /// The header that stands before the content.
    var localHeader: [UInt8] {
        var bytes = ZipBytes()
        bytes.append(0x0403_4B50 as UInt32)
        appendCommon(to: &bytes)
        bytes.append(UInt16(path.utf8.count))
        bytes.append(0 as UInt16)
        return bytes.bytes + Array(path.utf8)
    }

    /// The entry in the directory at the archive's end.
    var directoryEntry: [UInt8] {
        var bytes = ZipBytes()
        bytes.append(0x0201_4B50 as UInt32)
        // Made on Unix, by version 2.0 of the format.
        bytes.append(0x0314 as UInt16)
        appendCommon(to: &bytes)
        bytes.append(UInt16(path.utf8.count))
        // No extra field, no comment, on disk 0, no internal attributes.
        for _ in 0..<4 { bytes.append(0 as UInt16) }
        // A regular file that its owner writes and everybody reads.
        bytes.append(UInt32(0o100644) << 16)
        bytes.append(offset)
        return bytes.bytes + Array(path.utf8)
    }

    private func appendCommon(to bytes: inout ZipBytes) {
        bytes.append(20 as UInt16)
        // Names are UTF-8.
        bytes.append(0x0800 as UInt16)
        bytes.append(0 as UInt16)
        let (date, time) = Self.dosTime(modified)
        bytes.append(time)
        bytes.append(date)
        bytes.append(checksum)
        bytes.append(size)
        bytes.append(size)
    }

    /// The time as MS-DOS has it: local time without a zone, which is UTC here, from 1980 to 2107, in steps of two seconds.
    static func dosTime(_ seconds: Int64) -> (date: UInt16, time: UInt16) {
        let seconds = min(max(seconds, 315_532_800), 4_354_819_198)
        let days = seconds / 86_400
        let second = seconds % 86_400
        // Civil date from days (Howard Hinnant's algorithm), in years that begin with March.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (
            UInt16((year - 1980) << 9 | month << 5 | day),
            UInt16((second / 3600) << 11 | (second / 60 % 60) << 5 | second % 60 / 2)
        )
    }
}

/// The records behind the last file.
enum ZipDirectory {
    /// The directory of all entries and the record that ends the archive.
    static func bytes(of entries: [ZipEntry], at offset: UInt32) -> [UInt8] {
        let directory = entries.flatMap(\.directoryEntry)
        var end = ZipBytes()
        end.append(0x0605_4B50 as UInt32)
        end.append(0 as UInt16)
        end.append(0 as UInt16)
        end.append(UInt16(entries.count))
        end.append(UInt16(entries.count))
        end.append(UInt32(directory.count))
        end.append(offset)
        end.append(0 as UInt16)
        return directory + end.bytes
    }
}

/// Numbers with their lowest byte first.
private struct ZipBytes {
    var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
