/// The time zones of a machine: TZif files below a directory, read when somebody asks for one.
package struct TimeZoneDirectory: Sendable {
    /// The most bytes of a zone's file. The largest of tzdata has about 4 KiB.
    package static let fileBytesMax = 64 << 10
    /// The most bytes of a zone's name. The longest of tzdata has 32.
    package static let nameBytesMax = 255

    private let path: String
    private let read: @Sendable (String) throws -> [UInt8]

    /// Makes a directory.
    ///
    /// - Parameters:
    ///   - path: where the files are; Debian's `tzdata` puts them into `/usr/share/zoneinfo`.
    ///   - read: the bytes of the file at a path; should stop at ``fileBytesMax`` and one.
    package init(
        path: String = "/usr/share/zoneinfo",
        read: @escaping @Sendable (String) throws -> [UInt8] = { try readTimeZoneFile($0) }
    ) {
        self.path = path
        self.read = read
    }

    /// The zone of an IANA name, or of a Windows name such as `Pacific Standard Time`. `UTC` and `Etc/UTC` need no file.
    ///
    /// - Throws: ``TimeZoneError``, which names the zone and what to do.
    package func zone(named name: String) throws(TimeZoneError) -> TimeZoneRules {
        if name == "UTC" || name == "Etc/UTC" { return .utc }
        if let identifier = WindowsTimeZones.identifier(of: name) { return try zone(named: identifier) }
        guard Self.isName(name) else {
            throw TimeZoneError(
                "'\(name.prefix(80))' is neither an IANA nor a Windows time zone name. Use one such as Europe/Berlin or UTC."
            )
        }
        let bytes: [UInt8]
        do {
            bytes = try read("\(path)/\(name)")
        } catch {
            throw TimeZoneError(
                "Time zone '\(name)' is not in \(path). Check the name, such as Europe/Berlin, or install the package "
                    + "tzdata (apt-get install tzdata)."
            )
        }
        return try rules(name, bytes)
    }

    /// The zone that the environment names: `TZ`, then `WEBSITE_TIME_ZONE`, each by an IANA or Windows name or the path of a
    /// zone's file; UTC when neither is set.
    ///
    /// - Throws: ``TimeZoneError``, which also names the variable.
    package func zone(environment: (String) -> String?) throws(TimeZoneError) -> TimeZoneRules {
        for variable in ["TZ", "WEBSITE_TIME_ZONE"] {
            // POSIX writes a colon before a name that is not a rule.
            guard var name = environment(variable), !name.isEmpty else { continue }
            if name.hasPrefix(":") { name.removeFirst() }
            if name.hasPrefix(path + "/") { name.removeFirst(path.count + 1) }
            do {
                return try zone(named: name)
            } catch {
                throw TimeZoneError("\(variable): \(error)")
            }
        }
        return .utc
    }

    private func rules(_ name: String, _ bytes: [UInt8]) throws(TimeZoneError) -> TimeZoneRules {
        guard bytes.count <= Self.fileBytesMax else {
            throw TimeZoneError(
                "Time zone '\(name)': \(path)/\(name) has more than \(Self.fileBytesMax) bytes. Reinstall the package tzdata."
            )
        }
        do {
            return try TimeZoneFile.rules(name, in: bytes)
        } catch {
            throw TimeZoneError(
                "Time zone '\(name)': \(path)/\(name) cannot be read: \(error.text). Choose a zone's own name, or reinstall "
                    + "the package tzdata."
            )
        }
    }

    /// A name stays below the directory: parts of letters, digits, `+`, `-` and `_`, with single slashes between them.
    private static func isName(_ name: String) -> Bool {
        guard (1...nameBytesMax).contains(name.utf8.count) else { return false }
        return name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || isDigit(byte)
                        || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
        }
    }
}

/// Why a time zone cannot be used.
package struct TimeZoneError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The zone, the reason and the remedy.
    package let description: String

    init(_ description: String) { self.description = description }
}
