import FunctionKit

/// Where something stands in a text, both counted from 1; the column counts bytes.
package struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// The line.
    package var line: Int
    /// The column within the line.
    package var column: Int

    /// Makes a position.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `line 3, column 7`.
    package var description: String { "line \(line), column \(column)" }
}

/// A value of a configuration file: what JSON can say, in the order it was said, with its place for error messages.
package struct JSONValue: Sendable, Equatable {
    /// What the value is.
    package enum Content: Sendable, Equatable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool(Bool)
        /// A number, as it is spelled.
        case number(String)
        /// A text.
        case string(String)
        /// A list.
        case array([JSONValue])
        /// Names with values, in order; of a repeated name the last value is kept.
        case object([Member])
    }

    /// A name with its value.
    package struct Member: Sendable, Equatable {
        /// The name.
        package var name: String
        /// The value.
        package var value: JSONValue

        /// Makes a member.
        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// What the value is.
    package var content: Content
    /// Where it begins.
    package var position: SourcePosition

    /// Makes a value.
    package init(_ content: Content, at position: SourcePosition = SourcePosition(line: 1, column: 1)) {
        self.content = content
        self.position = position
    }
}

extension JSONValue {
    /// The members of an object; nil for anything else.
    package var members: [Member]? {
        guard case .object(let members) = content else { return nil }
        return members
    }

    /// The elements of a list; nil for anything else.
    package var elements: [JSONValue]? {
        guard case .array(let elements) = content else { return nil }
        return elements
    }

    /// The text of a string; nil for anything else.
    package var string: String? {
        guard case .string(let text) = content else { return nil }
        return text
    }

    /// The value of a boolean, or of the texts `true` and `false` in any case, as .NET's binders read them.
    package var bool: Bool? {
        switch content {
        case .bool(let value): value
        case .string(let text): Bool(text.lowercased())
        default: nil
        }
    }

    /// The value of a whole number, or of a text that spells one.
    package var int: Int? {
        switch content {
        case .number(let text), .string(let text): Int(text)
        default: nil
        }
    }

    /// True for `null`.
    package var isNull: Bool { content == .null }

    /// A scalar as text: strings as they are, numbers and booleans as they are spelled; nil for null, lists and objects.
    package var scalarText: String? {
        switch content {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// What kind of value this is, for a message: `a string`, `an object`.
    package var kindName: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The value of a member by its exact name; nil when this is no object or has no such member.
    package subscript(name: String) -> JSONValue? { members?.first { $0.name == name }?.value }

    /// The value of a member by its name: the exact one, else one that differs in the case of ASCII letters only.
    package func member(ignoringCase name: String) -> JSONValue? {
        self[name] ?? members?.first { equalsIgnoringASCIICase($0.name, name) }?.value
    }

    /// The value as compact strict JSON, members in their order.
    package var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func append(to bytes: inout [UInt8]) {
        switch content {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): appendJSONString(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                appendJSONString(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
