import FunctionKit

/// Reads Azure's key files: `host.json` and `<function>.json` of a secrets folder, in today's form and in the first one.
enum KeyFile {
    /// Why a file's keys cannot be taken over.
    struct Problem: Error, Equatable, CustomStringConvertible {
        /// File, reason and remedy.
        let description: String
    }

    /// The keys that a file holds.
    ///
    /// - Parameter name: the file's name, which says what the keys belong to: `host.json`, `hello.json`.
    static func read(_ name: String, _ bytes: [UInt8]) throws(Problem) -> [Key] {
        let owner = String(name.dropLast(5))
        let root: JSONValue
        do {
            root = try LenientJSON.parse(bytes)
        } catch {
            throw invalid(name, " It is not valid JSON: \(error).")
        }
        if equalsIgnoringASCIICase(owner, "host") { return try hostKeys(root, name) }
        return try functionKeys(root, .function(owner.lowercased()), name)
    }

    /// `{masterKey: {…}, functionKeys: […], systemKeys: […]}`, or at first `{masterKey: "…", functionKey: "…"}`.
    private static func hostKeys(_ root: JSONValue, _ file: String) throws(Problem) -> [Key] {
        guard let master = root.member(ignoringCase: "masterKey") else { throw invalid(file) }
        if let value = master.string {
            var keys = [Key(scope: .master, name: Key.masterName, value: value)]
            if let value = try text(root.member(ignoringCase: "functionKey"), file) {
                keys.append(Key(scope: .hostFunction, name: Key.defaultName, value: value))
            }
            return keys
        }
        var keys = [try key(master, .master, file)]
        keys[0].name = Key.masterName
        keys += try list(root.member(ignoringCase: "functionKeys"), .hostFunction, file)
        keys += try list(root.member(ignoringCase: "systemKeys"), .hostSystem, file)
        return keys
    }

    /// `{keys: […]}`, or at first `{key: "…"}`.
    private static func functionKeys(_ root: JSONValue, _ scope: Key.Scope, _ file: String) throws(Problem) -> [Key] {
        if let keys = root.member(ignoringCase: "keys"), keys.elements != nil { return try list(keys, scope, file) }
        guard let key = root.member(ignoringCase: "key") else { throw invalid(file) }
        return try text(key, file).map { [Key(scope: scope, name: Key.defaultName, value: $0)] } ?? []
    }

    private static func list(_ value: JSONValue?, _ scope: Key.Scope, _ file: String) throws(Problem) -> [Key] {
        guard let value, !value.isNull else { return [] }
        guard let elements = value.elements else { throw invalid(file) }
        var keys: [Key] = []
        for element in elements { keys.append(try key(element, scope, file)) }
        return keys
    }

    private static func key(_ value: JSONValue, _ scope: Key.Scope, _ file: String) throws(Problem) -> Key {
        guard value.members != nil, let secret = value.member(ignoringCase: "value")?.string else {
            throw invalid(file)
        }
        let given = value.member(ignoringCase: "name")?.string ?? ""
        let name = given.isEmpty ? Key.defaultName : given
        guard value.member(ignoringCase: "encrypted")?.bool != true else {
            throw Problem(
                description:
                    "\(file): The key '\(name)' is encrypted, and only the app that wrote it can read it. Look its value up "
                    + "there, and set it with 'postern keys set'."
            )
        }
        return Key(scope: scope, name: name, value: secret)
    }

    private static func text(_ value: JSONValue?, _ file: String) throws(Problem) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else { throw invalid(file) }
        return text
    }

    /// Azure's words.
    private static func invalid(_ file: String, _ more: String = "") -> Problem {
        Problem(description: "\(file): Invalid secrets file format.\(more)")
    }
}
