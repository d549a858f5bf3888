/// A person or a system with an e-mail address (RFC 5322, section 3.4): `"Dana Reyes" <dana@northwind.example>`.
public struct Mailbox: Sendable, Hashable {
    /// The name that a mail program shows; empty for none. Control characters have become spaces.
    public let name: String
    /// The address, as it was given.
    public let address: String

    /// Makes a mailbox.
    ///
    /// - Throws: ``MailError`` with `invalidAddress` when the address is not one (see ``isAddress(_:)``).
    public init(name: String = "", address: String) throws(MailError) {
        guard Mailbox.isAddress(address) else {
            throw MailError(
                .invalidAddress,
                "An e-mail address is not valid: it needs the form name@domain.tld, without spaces or quotes."
            )
        }
        self.name = singleLine(name)
        self.address = address
    }

    /// True for `local@domain` in the form that both providers accept: the dot-atom of RFC 5321 in ASCII, at most 64 bytes
    /// before the `@`, 254 in all, and a domain of two labels or more. Quoted local parts and address literals are refused.
    public static func isAddress(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].count) else { return false }
        let local = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return local.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomByte) }
            && labels.count >= 2 && labels.allSatisfy(isLabel)
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabel(_ label: some BidirectionalCollection<UInt8>) -> Bool {
        let dash = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != dash && label.last != dash
            && label.allSatisfy { isLetterOrDigit($0) || $0 == dash }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// A text with every control character, line breaks among them, turned into a space: nothing can end a header early.
func singleLine(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        let isBreak = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
        result.append(isBreak ? " " : scalar)
    }
    return String(result)
}
