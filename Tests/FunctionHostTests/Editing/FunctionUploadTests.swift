import FunctionKit
import Testing

@testable import FunctionHost

/// What a PUT of a function may bring.
struct FunctionUploadTests {
    @Test func everythingIsRead() throws {
        let upload = try FunctionUpload(
            Array(
                #"""
                {"name": "ignored", "href": null, "config": {"bindings": [], "x": {"y": 1.0}}, "test_data": "{}",
                 "files": {"run.csx": "// code", "lib/a b.txt": "ü"}}
                """#.utf8
            )
        )
        let config = "{\n  \"bindings\": [],\n  \"x\": {\n    \"y\": 1.0\n  }\n}\n"
        #expect(upload.config.map { String(decoding: $0, as: UTF8.self) } == config)
        #expect(upload.testData == "{}")
        #expect(upload.files.map(\.path) == ["run.csx", "lib/a b.txt"])
        #expect(upload.files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["// code", "ü"])
    }

    @Test func aFunctionJSONAmongTheFilesComesFirst() throws {
        let text = "// kept as it is\n{ \"bindings\": [], }"
        let upload = try FunctionUpload(
            Array(#"{"config": {"a": 1}, "files": {"function.json": \#(JSONValue(.string(text)).text)}}"#.utf8)
        )
        #expect(upload.config == Array(text.utf8))
        #expect(upload.files.isEmpty)
    }

    @Test(arguments: ["{}", #"{"config": null, "files": null, "test_data": null}"#])
    func everythingMayBeMissing(text: String) throws {
        let upload = try FunctionUpload(Array(text.utf8))
        #expect(upload.config == nil)
        #expect(upload.files.isEmpty)
        #expect(upload.testData == nil)
    }

    @Test(arguments: [
        ("", "The body is not valid JSON: line 1, column 1: the file is empty."),
        ("null", "The body is null, not an object."),
        (#"{"files": []}"#, "'files' is a list, not an object."),
        (#"{"files": {"a": 1}}"#, "The file 'a' is a number, not a string."),
        (#"{"files": {"a": null}}"#, "The file 'a' is null, not a string."),
        (#"{"files": {"function.json": "[]"}}"#, "The function.json must hold a JSON object."),
        (
            #"{"files": {"function.json": "{"}}"#,
            "The function.json is not valid JSON: line 1, column 2: expected a name or '}', found the end of the file."
        ),
        (#"{"config": "{}"}"#, "The function.json must hold a JSON object."),
        (#"{"test_data": {}}"#, "'test_data' must be a string of at most 1048576 bytes."),
        (
            #"{"files": {\#((0...100).map { #""f\#($0)": """# }.joined(separator: ","))}}"#,
            "'files' has more than 100 files."
        ),
    ])
    func otherBodiesAreRefused(text: String, words: String) {
        let error = #expect(throws: EditingError.self) { _ = try FunctionUpload(Array(text.utf8)) }
        #expect(error?.description == words)
        #expect(error?.response.status == .badRequest)
    }

    @Test(arguments: [
        "..", "../x", "a/../b", "a/..", "/etc/passwd", "a//b", "a/", "", ".hidden", "a/.git/config", "a\\b", "..\\x",
        "a\u{0}b", "a\nb", "./a", "1/2/3/4/5/6/7/8/9", String(repeating: "x", count: 201),
    ])
    func aPathLeadsIntoTheFolder(path: String) {
        let body = #"{"files": {\#(JSONValue(.string(path)).text): "x"}}"#
        let error = #expect(throws: EditingError.self) { _ = try FunctionUpload(Array(body.utf8)) }
        #expect(error?.description.contains("is not a valid path of a function's file.") == true)
    }
}
