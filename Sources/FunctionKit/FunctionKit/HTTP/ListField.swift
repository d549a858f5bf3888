/// The entries of a list field without the blanks around them, the empty ones included (RFC 9110, section 5.6.1).
///
/// Lists are made of bytes. By `Character`, a mark that combines with the separator would hide it, and a client could join its entry to the
/// one that a proxy has written behind it.
public func listEntries(of field: Substring, separator: UInt8 = UInt8(ascii: ",")) -> [Substring] {
    splitting(field, at: separator).map { Substring(withoutOuterBlanks($0.utf8)) }
}

/// The parts of a text between the places where a byte stands.
public func splitting(_ text: Substring, at separator: UInt8) -> [Substring] {
    text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { Substring($0) }
}

/// A text without spaces and tabs at its ends (RFC 9110, section 5.6.3).
func withoutOuterBlanks(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var rest = text.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
}
