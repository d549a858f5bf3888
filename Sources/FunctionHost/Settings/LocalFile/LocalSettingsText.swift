import FunctionKit

/// The text of a `local.settings.json` that is to be changed: comments, order and layout stay as they are.
package struct LocalSettingsText: Sendable, Equatable {
    /// A section that holds settings.
    package enum Section: String, Sendable {
        /// App settings.
        case values = "Values"
        /// Connection strings.
        case connectionStrings = "ConnectionStrings"
    }

    /// The file's bytes.
    package private(set) var bytes: [UInt8]

    /// Takes a file's bytes, or what a new file begins with.
    ///
    /// - Throws: ``SettingsError`` for what is not a JSON object, and for a file that counts as encrypted.
    package init(_ bytes: [UInt8]? = nil) throws(SettingsError) {
        self.bytes = bytes ?? Array("{\n  \"IsEncrypted\": false,\n  \"Values\": {}\n}\n".utf8)
        try refuseEncrypted()
    }

    /// The settings of a section with their values; nil for a value that is no text.
    package func entries(_ section: Section) -> [(name: String, value: String?)] {
        let members = (try? LenientJSON.parse(bytes))?.member(ignoringCase: section.rawValue)?.members ?? []
        return members.map { member in
            let value =
                member.value.members == nil ? member.value : member.value.member(ignoringCase: "ConnectionString")
            return (member.name, value?.scalarText)
        }
    }

    /// Sets a setting; one that is there keeps its place.
    package mutating func set(_ name: String, to value: String, in section: Section = .values) throws(SettingsError) {
        try requireName(name)
        let text = Self.literal(value)
        guard let layout = try sectionLayout(section) else {
            let body = "{\n    \(Self.literal(name)): \(text)\n  }"
            return insert("\(Self.literal(section.rawValue)): \(body)", into: try rootLayout(), indentation: "  ")
        }
        if let member = layout.member(name) {
            bytes.replaceSubrange(member.value, with: text.utf8)
        } else {
            insert("\(Self.literal(name)): \(text)", into: layout, indentation: "    ")
        }
    }

    /// Removes a setting.
    ///
    /// - Returns: false when there was none.
    package mutating func remove(_ name: String, from section: Section = .values) throws(SettingsError) -> Bool {
        var isRemoved = false
        while let layout = try sectionLayout(section), let place = layout.members.lastIndex(where: { $0.name == name })
        {
            remove(place, of: layout)
            isRemoved = true
        }
        return isRemoved
    }

    private func requireName(_ name: String) throws(SettingsError) {
        let isName = !name.isEmpty && !name.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "=") }
        guard isName else {
            throw SettingsError([
                "\(Self.literal(name)) cannot be the name of a setting: it is empty, or holds '=' or a control character."
            ])
        }
    }

    private func refuseEncrypted() throws(SettingsError) {
        let root: JSONValue
        do {
            root = try LenientJSON.parse(bytes)
        } catch {
            throw SettingsError(["\(SettingsLoader.fileName) is not JSON: \(error.description)."])
        }
        guard root.members != nil else {
            throw SettingsError(["\(SettingsLoader.fileName) holds \(root.kindName), not an object."])
        }
        for section in [Section.values, .connectionStrings] {
            guard let value = root.member(ignoringCase: section.rawValue), !value.isNull, value.members == nil else {
                continue
            }
            throw SettingsError([
                "\(SettingsLoader.fileName): '\(section.rawValue)' is \(value.kindName), not an object."
            ])
        }
        guard root.member(ignoringCase: "IsEncrypted")?.bool != false else { return }
        throw SettingsError([SettingsLoader.encryptedText(root, path: SettingsLoader.fileName)])
    }
}

extension LocalSettingsText {
    private func rootLayout() throws(SettingsError) -> JSONLayout {
        var reader = LenientJSONReader(bytes: bytes)
        do throws(LenientJSONError) {
            return try reader.rootLayout()
        } catch {
            throw SettingsError(["\(SettingsLoader.fileName) is not JSON: \(error.description)."])
        }
    }

    /// Where a section's settings stand; nil when there is no such section.
    private func sectionLayout(_ section: Section) throws(SettingsError) -> JSONLayout? {
        guard let member = try rootLayout().member(section.rawValue, ignoringCase: true) else { return nil }
        var reader = LenientJSONReader(bytes: bytes)
        reader.index = member.value.lowerBound
        return try? reader.layout()
    }

    /// Adds a member behind the last one, on a line of its own unless the object is on one line.
    private mutating func insert(_ text: String, into layout: JSONLayout, indentation standard: String) {
        let isEmpty = layout.members.isEmpty
        let hasLines = bytes[layout.start..<layout.end].contains(UInt8(ascii: "\n"))
        // Behind everything, so that a comment at the end of the last member's line stays with it.
        var place = layout.end
        while place > layout.start, Self.isBlank(bytes[place - 1]) { place -= 1 }
        let lead: String
        if hasLines || isEmpty {
            let indentation = layout.members.first.flatMap { self.indentation(at: $0.range.lowerBound) } ?? standard
            lead = "\n" + indentation
        } else {
            lead = " "
        }
        var tail = ""
        if isEmpty && !hasLines {
            tail = "\n" + String(standard.dropLast(2))
        } else if let last = layout.members.last, last.comma != nil {
            tail = ","
        }
        bytes.insert(contentsOf: (lead + text + tail).utf8, at: place)
        guard let last = layout.members.last, last.comma == nil else { return }
        bytes.insert(UInt8(ascii: ","), at: last.range.upperBound)
    }

    /// Removes a member with its comma, and its line when nothing else is on it.
    private mutating func remove(_ place: Int, of layout: JSONLayout) {
        let member = layout.members[place]
        var range = member.range
        var commaBefore: Int?
        if let comma = member.comma {
            range = range.lowerBound..<comma + 1
        } else if place > 0 {
            commaBefore = layout.members[place - 1].comma
        }
        var start = range.lowerBound
        while start > layout.start, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") {
            start -= 1
        }
        var end = range.upperBound
        while end < layout.end, bytes[end] == UInt8(ascii: " ") || bytes[end] == UInt8(ascii: "\t") { end += 1 }
        let beginsLine = start > layout.start && bytes[start - 1] == UInt8(ascii: "\n")
        if beginsLine, end < bytes.count, bytes[end] == UInt8(ascii: "\n") {
            range = start..<end + 1
        } else {
            // What stays on the line moves up to where the member was.
            range = beginsLine ? range.lowerBound..<end : start..<range.upperBound
        }
        bytes.removeSubrange(range)
        if let commaBefore { bytes.remove(at: commaBefore) }
    }

    /// The blanks before a place when nothing else is before it on its line.
    private func indentation(at place: Int) -> String? {
        var start = place
        while start > 0, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") { start -= 1 }
        guard start > 0, bytes[start - 1] == UInt8(ascii: "\n") else { return nil }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// A text as JSON.
    private static func literal(_ text: String) -> String {
        var bytes: [UInt8] = []
        appendJSONString(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
