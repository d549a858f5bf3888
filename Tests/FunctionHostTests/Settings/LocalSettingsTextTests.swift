import FunctionHost
import Testing

/// Changes of `local.settings.json` that leave everything else as it is.
struct LocalSettingsTextTests {
    struct Row: Sendable {
        var before: String?
        var name = "NEW"
        var value = "v"
        var section = LocalSettingsText.Section.values
        var after: String
    }

    static let additions = [
        Row(after: "{\n  \"IsEncrypted\": false,\n  \"Values\": {\n    \"NEW\": \"v\"\n  }\n}\n"),
        Row(
            before: "{\n  // ours\n  \"IsEncrypted\": false,\n  \"Values\": {\n    \"A\": \"1\" // one\n  }\n}\n",
            after:
                "{\n  // ours\n  \"IsEncrypted\": false,\n  \"Values\": {\n    \"A\": \"1\", // one\n    \"NEW\": \"v\"\n  }\n}\n"
        ),
        Row(
            before: "{\n\t\"IsEncrypted\": false,\n\t\"values\": {\n\t\t'A': 1,\n\t},\n}",
            after: "{\n\t\"IsEncrypted\": false,\n\t\"values\": {\n\t\t'A': 1,\n\t\t\"NEW\": \"v\",\n\t},\n}"
        ),
        Row(
            before: #"{"IsEncrypted": false, "Values": {"A": "1"}}"#,
            after: #"{"IsEncrypted": false, "Values": {"A": "1", "NEW": "v"}}"#
        ),
        Row(
            before: #"{"IsEncrypted": false, "Values": {"A": "1", "NEW": null /* later */}}"#,
            after: #"{"IsEncrypted": false, "Values": {"A": "1", "NEW": "v" /* later */}}"#
        ),
        Row(
            before: "{\n  \"IsEncrypted\": false\n}",
            after: "{\n  \"IsEncrypted\": false,\n  \"Values\": {\n    \"NEW\": \"v\"\n  }\n}"
        ),
        Row(
            before: #"{"IsEncrypted": false}"#,
            section: .connectionStrings,
            after: "{\"IsEncrypted\": false, \"ConnectionStrings\": {\n    \"NEW\": \"v\"\n  }}"
        ),
        Row(
            before: #"{"IsEncrypted": false, "Values": {}}"#,
            name: "quote\"d",
            value: "a\nb\\\"é\u{1}",
            after: "{\"IsEncrypted\": false, \"Values\": {\n    \"quote\\\"d\": \"a\\nb\\\\\\\"é\\u0001\"\n  }}"
        ),
    ]

    @Test(arguments: additions.indices) func aSettingIsAdded(index: Int) throws {
        let row = Self.additions[index]
        var text = try LocalSettingsText(row.before.map { Array($0.utf8) })
        try text.set(row.name, to: row.value, in: row.section)
        #expect(String(decoding: text.bytes, as: UTF8.self) == row.after)
        #expect(text.entries(row.section).last { $0.name == row.name }?.value == row.value)
        // What was written is read as written, and can be changed again.
        var again = try LocalSettingsText(text.bytes)
        try again.set(row.name, to: row.value, in: row.section)
        #expect(again == text)
    }

    @Test(arguments: [
        (
            "{\"IsEncrypted\": false,\n \"Values\": {\n  \"A\": \"1\",\n  \"B\": \"2\" // two\n }}", "A",
            "{\"IsEncrypted\": false,\n \"Values\": {\n  \"B\": \"2\" // two\n }}"
        ),
        (
            "{\"IsEncrypted\": false,\n \"Values\": {\n  \"A\": \"1\", // one\n  \"B\": \"2\"\n }}", "A",
            "{\"IsEncrypted\": false,\n \"Values\": {\n  // one\n  \"B\": \"2\"\n }}"
        ),
        (
            "{\"IsEncrypted\": false,\n \"Values\": {\n  \"A\": \"1\",\n  \"B\": \"2\"\n }}", "B",
            "{\"IsEncrypted\": false,\n \"Values\": {\n  \"A\": \"1\"\n }}"
        ),
        (
            #"{"IsEncrypted": false, "Values": {"A": "1", "B": "2", "C": "3"}}"#, "B",
            #"{"IsEncrypted": false, "Values": {"A": "1", "C": "3"}}"#
        ),
        (
            #"{"IsEncrypted": false, "Values": {"A": "1", "B": "2", "A": "3"}}"#, "A",
            #"{"IsEncrypted": false, "Values": { "B": "2"}}"#
        ),
        (#"{"IsEncrypted": false, "Values": {"A": "1"}}"#, "A", #"{"IsEncrypted": false, "Values": {}}"#),
    ])
    func aSettingIsRemoved(before: String, name: String, after: String) throws {
        var text = try LocalSettingsText(Array(before.utf8))
        #expect(try text.remove(name))
        #expect(String(decoding: text.bytes, as: UTF8.self) == after)
        #expect(try !text.remove(name))
    }

    @Test(arguments: [
        ("", "local.settings.json is not JSON: line 1, column 1: the file is empty."),
        ("[]", "local.settings.json holds a list, not an object."),
        (#"{"IsEncrypted": false, "Values": []}"#, "local.settings.json: 'Values' is a list, not an object."),
        (#"{"Values": {"A": "1"}}"#, "'IsEncrypted' is missing, which counts as true."),
        (#"{"IsEncrypted": true, "Values": {}}"#, "Failed to decrypt settings."),
    ])
    func aFileThatIsNotUnderstoodIsLeftAlone(text: String, reason: String) {
        let error = #expect(throws: SettingsError.self) { try LocalSettingsText(Array(text.utf8)) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["", "A=B", "A\nB", "A\u{7F}"]) func aNameThatNoEnvironmentHasIsRefused(name: String) throws {
        var text = try LocalSettingsText()
        let before = text
        #expect(throws: SettingsError.self) { try text.set(name, to: "v") }
        #expect(text == before)
    }
}
