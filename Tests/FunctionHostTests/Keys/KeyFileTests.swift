import Testing

@testable import FunctionHost

/// Azure's key files: both forms, and what is wrong with others.
struct KeyFileTests {
    @Test(
        arguments: [
            (
                "host.json",
                #"""
                {
                  "masterKey": { "name": "master", "value": "m", "encrypted": false },
                  "functionKeys": [
                    { "name": "default", "value": "f", "encrypted": false }, { "name": "Two", "value": "g" }
                  ],
                  "systemKeys": [ { "name": "grid_extension", "value": "s", "encrypted": false } ],
                  "hostName": "app.azurewebsites.net", "instanceId": "0", "source": "runtime", "decryptionKeyId": ""
                }
                """#,
                ["master/master=m", "host.function/default=f", "host.function/Two=g", "host.system/grid_extension=s"]
            ),
            ("HOST.JSON", #"{"masterKey": {"name": "other", "value": "m"}}"#, ["master/master=m"]),
            ("host.json", #"{"masterKey": "m", "functionKey": "f"}"#, ["master/master=m", "host.function/default=f"]),
            ("host.json", #"{"masterKey": "m", "functionKey": null}"#, ["master/master=m"]),
            ("host.json", #"{"MasterKey": {"Value": "m"}, "FunctionKeys": null}"#, ["master/master=m"]),
            ("Hello.json", #"{"keys": [{"name": "", "value": "k"}]}"#, ["function.hello/default=k"]),
            ("hello.json", #"{"keys": []}"#, []),
            ("hello.json", #"{"key": "k"}"#, ["function.hello/default=k"]),
            ("hello.json", #"{"key": null}"#, []),
            ("hello.json", "\u{FEFF}// A comment\n{'keys': [{'name': 'a', 'value': 'k',},]}", ["function.hello/a=k"]),
        ] as [(String, String, [String])]
    )
    func keysAreRead(name: String, text: String, expected: [String]) throws {
        #expect(try KeyFile.read(name, Array(text.utf8)).map { "\($0.id)=\($0.value)" } == expected)
    }

    @Test(arguments: [
        ("host.json", "{}", "host.json: Invalid secrets file format."),
        ("host.json", "[]", "host.json: Invalid secrets file format."),
        ("host.json", #"{"masterKey": 7}"#, "host.json: Invalid secrets file format."),
        ("host.json", #"{"masterKey": {"name": "master"}}"#, "host.json: Invalid secrets file format."),
        (
            "host.json", #"{"masterKey": {"value": "m"}, "functionKeys": {"a": 1}}"#,
            "host.json: Invalid secrets file format."
        ),
        ("host.json", #"{"masterKey": "m", "functionKey": 7}"#, "host.json: Invalid secrets file format."),
        ("hello.json", #"{"masterKey": "m"}"#, "hello.json: Invalid secrets file format."),
        ("hello.json", #"{"keys": ["k"]}"#, "hello.json: Invalid secrets file format."),
        ("hello.json", #"{"key": []}"#, "hello.json: Invalid secrets file format."),
        (
            "hello.json", "",
            "hello.json: Invalid secrets file format. It is not valid JSON: line 1, column 1: the file is empty."
        ),
        (
            "hello.json", #"{"keys": [{"name": "a", "value": "CfDJ8…", "encrypted": true}]}"#,
            "hello.json: The key 'a' is encrypted, and only the app that wrote it can read it. Look its value up there, and "
                + "set it with 'postern keys set'."
        ),
        (
            "host.json", #"{"masterKey": {"name": "master", "value": "x", "encrypted": "True"}}"#,
            "host.json: The key 'master' is encrypted, and only the app that wrote it can read it. Look its value up there, "
                + "and set it with 'postern keys set'."
        ),
    ])
    func otherFilesAreRefused(name: String, text: String, words: String) {
        let error = #expect(throws: KeyFile.Problem.self) { _ = try KeyFile.read(name, Array(text.utf8)) }
        #expect(error?.description == words)
    }
}
