import FunctionKit

/// What `PUT /admin/functions/{function}` brings: a `function.json`, further files and test data, each of which may be missing.
struct FunctionUpload: Equatable {
    /// The largest body: 8 MiB.
    static let bodyBytesMax = 8 << 20
    /// The most files besides `function.json`: 100.
    static let filesMax = 100
    /// The longest path within the function's folder: 200 bytes.
    static let pathBytesMax = 200
    /// The most parts of a path: 8.
    static let pathDepthMax = 8
    /// The largest test data: 1 MiB.
    static let testDataBytesMax = 1 << 20

    /// The bytes of the new `function.json`; nil to leave it as it is.
    var config: [UInt8]?
    /// The other files by their paths within the folder, in the order of the body.
    var files: [File] = []
    /// What to keep as the function's test data; nil to leave it as it is.
    var testData: String?

    /// One file.
    struct File: Equatable {
        var path: String
        var bytes: [UInt8]
    }

    /// Reads the body of the request: `{"config": {…}, "files": {"name": "text", …}, "test_data": "…"}`.
    init(_ body: [UInt8]) throws(EditingError) {
        let root: JSONValue
        do {
            root = try LenientJSON.parse(body)
        } catch {
            throw .invalidBody("The body is not valid JSON: \(error).")
        }
        guard root.members != nil else { throw .invalidBody("The body is \(root.kindName), not an object.") }
        try readFiles(root.member(ignoringCase: "files"))
        // As in Azure, a function.json among the files comes before 'config'.
        if config == nil { try readConfig(root.member(ignoringCase: "config")) }
        try readTestData(root.member(ignoringCase: "test_data"))
    }

    private mutating func readFiles(_ value: JSONValue?) throws(EditingError) {
        guard let value, !value.isNull else { return }
        guard let members = value.members else { throw .invalidBody("'files' is \(value.kindName), not an object.") }
        guard members.count <= Self.filesMax else {
            throw .invalidBody("'files' has more than \(Self.filesMax) files.")
        }
        for member in members {
            guard let text = member.value.string else {
                throw .invalidBody("The file '\(member.name)' is \(member.value.kindName), not a string.")
            }
            let bytes = Array(text.utf8)
            if member.name == Self.configName {
                try Self.checkConfig(bytes)
                config = bytes
            } else {
                try Self.checkPath(member.name)
                files.append(File(path: member.name, bytes: bytes))
            }
        }
    }

    private mutating func readConfig(_ value: JSONValue?) throws(EditingError) {
        guard let value, !value.isNull else { return }
        let bytes = Array((value.indentedText() + "\n").utf8)
        try Self.checkConfig(bytes)
        config = bytes
    }

    private mutating func readTestData(_ value: JSONValue?) throws(EditingError) {
        guard let value, !value.isNull else { return }
        guard let text = value.string, text.utf8.count <= Self.testDataBytesMax else {
            throw .invalidBody("'test_data' must be a string of at most \(Self.testDataBytesMax) bytes.")
        }
        testData = text
    }

    private static func checkConfig(_ bytes: [UInt8]) throws(EditingError) {
        guard bytes.count <= AppFolder.descriptorBytesMax else {
            throw .invalidBody("The function.json is larger than \(AppFolder.descriptorBytesMax) bytes.")
        }
        do {
            let value = try LenientJSON.parse(bytes)
            if value.members != nil { return }
        } catch {
            throw .invalidBody("The function.json is not valid JSON: \(error).")
        }
        throw .invalidBody("The function.json must hold a JSON object.")
    }

    /// A path leads into the folder and nowhere else: no part is empty or begins with a dot, none has a backslash or a control
    /// character.
    private static func checkPath(_ path: String) throws(EditingError) {
        let parts = splitting(path[...], at: UInt8(ascii: "/"))
        let isSafe = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.first != UInt8(ascii: ".")
                && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
        guard isSafe, path.utf8.count <= pathBytesMax, parts.count <= pathDepthMax else { throw .invalidPath(path) }
    }

    private static let configName = "function.json"
}

extension JSONValue {
    /// The value as strict JSON for people, two blanks a level.
    func indentedText(_ level: Int = 0) -> String {
        let margin = String(repeating: "  ", count: level + 1)
        let end = "\n" + String(repeating: "  ", count: level)
        switch content {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { margin + $0.indentedText(level + 1) }
            return "[\n" + lines.joined(separator: ",\n") + end + "]"
        case .object(let members) where !members.isEmpty:
            let lines = members.map { member in
                margin + JSONValue(.string(member.name)).text + ": " + member.value.indentedText(level + 1)
            }
            return "{\n" + lines.joined(separator: ",\n") + end + "}"
        default: return text
        }
    }
}
