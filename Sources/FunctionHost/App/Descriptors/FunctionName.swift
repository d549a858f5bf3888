import FunctionKit

/// The rules about a function's name.
package enum FunctionName {
    /// True for 1 to 128 characters of `a-z`, `0-9`, `_` and `-` in any case, a letter first, and not `host`.
    package static func isValid(_ name: String) -> Bool {
        guard (1...128).contains(name.utf8.count), !equalsIgnoringASCIICase(name, "host") else { return false }
        guard let first = name.utf8.first, isASCIILetter(first) else { return false }
        return name.utf8.allSatisfy { byte in
            isASCIILetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
    }

    /// The Swift module that a folder's name stands for: its parts between `-` and `_` with their first letters in upper case,
    /// so `ticket-sync` is `TicketSync` and `client-hub-SSO` is `ClientHubSSO`.
    package static func moduleName(_ name: String) -> String {
        name.split { $0 == "-" || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// The file of that module's library: `libTicketSync.so`.
    package static func libraryName(_ name: String) -> String { "lib\(moduleName(name)).so" }

    /// Orders names as Azure does (`OrdinalIgnoreCase`: by upper-case form, so `_` comes after letters); of names that
    /// differ in case only, the byte order decides.
    package static func precedes(_ left: String, _ right: String) -> Bool {
        let leftKey = left.utf8.map(uppercasedASCII)
        let rightKey = right.utf8.map(uppercasedASCII)
        guard leftKey != rightKey else { return left.utf8.lexicographicallyPrecedes(right.utf8) }
        return leftKey.lexicographicallyPrecedes(rightKey)
    }

    /// True when `AzureWebJobs.<name>.Disabled` or `AzureWebJobs_<name>_Disabled` is `1` or `true` in any case.
    package static func isDisabled(_ name: String, settings: (String) -> String?) -> Bool {
        ["AzureWebJobs.\(name).Disabled", "AzureWebJobs_\(name)_Disabled"].contains { setting in
            settings(setting).map { $0 == "1" || equalsIgnoringASCIICase($0, "true") } ?? false
        }
    }
}

func isASCIILetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

func uppercasedASCII(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte & 0xDF : byte }
