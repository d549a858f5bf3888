/// The entries of a list field without the blanks around them, the empty ones included (RFC 9110, section 5.6.1).
///
/// Lists are made of bytes. By `Character`, a mark that combines with the separator would hide it, and a client could join its entry to the
/// one that a proxy has written behind it.
public func listEntries(of field: Substring, separator: UInt8 = UInt8(ascii: ",")) -> [Substring] {
    splitting(field, at: separator).map(withoutOuterBlanks)
}

/// The parts of a text between the places where a byte stands.
public func splitting(_ text: Substring, at separator: UInt8) -> [Substring] {
    text.utf8.split(separator: separator, omittingEmptySubsequences: false).map { Substring($0) }
}

/// A text without spaces and tabs at its ends (RFC 9110, section 5.6.3).
private func withoutOuterBlanks(_ text: Substring) -> Substring {
    let bytes = text.utf8
    let range = bytes.span.withoutOuterBlanks(0..<bytes.count)
    return Substring(bytes.dropFirst(range.lowerBound).prefix(range.count))
}
