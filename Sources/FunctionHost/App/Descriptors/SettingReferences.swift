/// Fills in `%name%` in a binding's properties from the app settings, as Azure's name resolver does.
package enum SettingReferences {
    /// A reference that cannot be filled in; the text is Azure's.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        /// What is wrong.
        package var description: String
    }

    /// The text with every `%name%` replaced by the setting of that name; an empty setting counts as absent.
    package static func resolve(
        _ text: String,
        settings: (String) -> String?
    ) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "%") {
            result += rest[..<open]
            let afterOpen = text.index(after: open)
            guard let close = text[afterOpen...].firstIndex(of: "%") else {
                let place = text.utf16.distance(from: text.startIndex, to: open)
                throw Failure(description: "The '%' at position \(place) does not have a closing '%'")
            }
            let name = String(text[afterOpen..<close])
            guard let value = settings(name), !value.isEmpty else {
                throw Failure(description: "'%\(name)%' does not resolve to a value.")
            }
            result += value
            rest = text[text.index(after: close)...]
        }
        return result + rest
    }

    /// The names between pairs of percent signs, in order.
    package static func names(in text: String) -> [String] {
        let parts = text.split(separator: "%", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 && $0 + 1 < parts.count }.map { String(parts[$0]) }
    }
}
