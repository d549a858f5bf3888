import FunctionHost
import FunctionKit
import Testing

/// The environment first, then `local.settings.json`.
@Suite struct SettingsLoaderTests {
    private func load(
        _ text: String?,
        environment: [String: String] = [:],
        overrides: LocalHostOverrides = LocalHostOverrides()
    ) throws -> LoadedSettings {
        let files = MemoryAppFiles(text.map { ["/app/local.settings.json": $0] } ?? [:])
        return try SettingsLoader.load(root: "/app", environment: environment, files: files, overrides: overrides)
    }

    @Test func theEnvironmentComesFirst() throws {
        let loaded = try load(
            #"{"IsEncrypted": false, "Values": {"A": "file", "B": "file", "EMPTY": ""}}"#,
            environment: ["A": "environment", "C": "environment"]
        )
        #expect(loaded.entries.mapValues(\.text) == ["A": "environment", "B": "file", "C": "environment", "EMPTY": ""])
        #expect(loaded.entries["B"]?.source == .localFile)
        #expect(loaded.localNames == ["A", "B", "EMPTY"])
        #expect(
            loaded.notices == [
                SettingsNotice(
                    .warning,
                    "Skipping 'A' from local settings as it's already defined in current environment variables."
                )
            ]
        )
    }

    @Test func scalarsBecomeTexts() throws {
        let loaded = try load(
            """
            {"isencrypted": "false", "values": {"N": 7, "D": 1.50, "T": true, "F": false, "NULL": null, "": "x"},
             // comment
             "ConnectionStrings": {"Db": "plain", "Other": {"ConnectionString": "deep", "ProviderName": "p"}},}
            """
        )
        #expect(
            loaded.entries.mapValues(\.text) == [
                "N": "7", "D": "1.50", "T": "true", "F": "false", "ConnectionStrings:Db": "plain",
                "ConnectionStrings:Other": "deep",
            ]
        )
        #expect(
            loaded.notices.map(\.message) == [
                "Skipping 'NULL' from local settings as it has no value.",
                "Skipping a local setting with an empty name.",
            ]
        )
    }

    @Test func aMissingFileIsFine() throws {
        let loaded = try load(nil, environment: ["A": "1"])
        #expect(loaded.entries.count == 1)
        #expect(loaded.notices.isEmpty)
    }

    @Test(arguments: [
        ("", "It is not JSON at line 1, column 1."),
        ("{\"Values\": {\"A\": secret}}", "It is not JSON at line 1, column 18."),
        ("[]", "It holds a list, not an object."),
        (
            #"{"IsEncrypted": false, "Values": {"A": "1", "B": {"C": "secret"}}}"#,
            "The value of 'B' at line 1, column 50 is an object."
        ),
        (#"{"IsEncrypted": false, "Values": {"A": ["secret"]}}"#, "The value of 'A' at line 1, column 40 is a list."),
        (#"{"Values": ["secret"]}"#, "'Values' at line 1, column 12 is a list, not an object."),
        (#"{"ConnectionStrings": "secret"}"#, "'ConnectionStrings' at line 1, column 23 is a string, not an object."),
        (#"{"host": 7071}"#, "'Host' at line 1, column 10 is a number, not an object."),
    ]) func anUnreadableFileCountsAsEmpty(_ text: String, _ reason: String) throws {
        let loaded = try load(text)
        #expect(loaded.entries.isEmpty)
        #expect(
            loaded.notices == [
                SettingsNotice(
                    .warning,
                    "Failed to read app settings file at '/app/local.settings.json'. "
                        + "Ensure it is a valid JSON file. \(reason) None of its settings are in force."
                )
            ]
        )
        #expect(loaded.isFileUnreadable)
    }

    @Test(arguments: [
        (#"{"Values": {"A": "secret"}}"#, "'IsEncrypted' is missing, which counts as true. "),
        (#"{"IsEncrypted": true, "Values": {"A": "secret"}}"#, ""),
        (#"{"IsEncrypted": "no", "ConnectionStrings": {"A": "secret"}}"#, ""),
    ]) func encryptedValuesStopTheStart(_ text: String, _ hint: String) {
        let error = #expect(throws: SettingsError.self) { try load(text) }
        #expect(
            error?.description
                == "Failed to decrypt settings. Encrypted settings only be edited through 'func settings add'. \(hint)"
                + "Write the values in plain text and \"IsEncrypted\": false into '/app/local.settings.json'."
        )
    }

    @Test func anEncryptedFileWithoutValuesIsFine() throws {
        #expect(try load(#"{"IsEncrypted": true, "Values": {}, "Host": {"LocalHttpPort": 8080}}"#).host.port == 8080)
    }

    @Test func theHostSectionIsRead() throws {
        let host = try load(
            #"{"Host": {"LocalHttpPort": "7099", "LocalHttpAddress": "0.0.0.0", "CORS": "http://a, http://b,", "CORSCredentials": true}}"#
        ).host
        #expect(host.port == 7099)
        #expect(host.address == "0.0.0.0")
        #expect(host.corsOrigins == ["http://a", "http://b"])
        #expect(host.corsCredentials)
    }

    @Test func theCommandLineComesBeforeTheHostSection() throws {
        let text =
            #"{"Host": {"LocalHttpPort": 7099, "LocalHttpAddress": "0.0.0.0", "CORS": "*", "CORSCredentials": false}}"#
        var overrides = LocalHostOverrides()
        overrides.port = 8080
        overrides.address = "127.0.0.1"
        overrides.cors = "http://a, http://b"
        overrides.corsCredentials = true
        let host = try load(text, overrides: overrides).host
        #expect(host.port == 8080)
        #expect(host.address == "127.0.0.1")
        #expect(host.corsOrigins == ["http://a", "http://b"])
        #expect(host.corsCredentials)
    }

    @Test(
        arguments: [
            (nil, "*", true, "--cors-credentials: It cannot be true while CORS is \"*\""),
            (#"{"CORS": "*"}"#, nil, true, "--cors-credentials: It cannot be true while CORS is \"*\""),
            (
                #"{"CORSCredentials": true}"#, "http://a,*", false,
                "Host.CORSCredentials: It cannot be true while CORS is \"*\""
            ),
            (nil, "null", true, "--cors-credentials: It cannot be true while CORS is \"null\""),
            (#"{"CORS": "*", "CORSCredentials": true}"#, "http://a", false, nil),
            (nil, "*", false, nil),
        ] as [(String?, String?, Bool, String?)]
    )
    func everyOriginAndCredentialsDoNotGoTogether(host: String?, cors: String?, credentials: Bool, problem: String?)
        throws
    {
        var overrides = LocalHostOverrides()
        overrides.cors = cors
        overrides.corsCredentials = credentials
        let text = host.map { #"{"Host": \#($0)}"# }
        guard let problem else {
            _ = try load(text, overrides: overrides)
            return
        }
        let error = #expect(throws: SettingsError.self) { try load(text, overrides: overrides) }
        #expect(error?.problems.count == 1)
        #expect(error?.problems.first?.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func anOriginThatIsNoneIsRemarkedOn() throws {
        let loaded = try load(#"{"Host": {"CORS": "http://a/path, localhost:3000, http://b"}}"#)
        #expect(
            loaded.notices.map(\.message)
                == ["http://a/path", "localhost:3000"].map { origin in
                    "local.settings.json: Host.CORS: '\(origin)' is not an origin, so no page has it. "
                        + "Write scheme, host and port alone, such as 'http://localhost:3000'."
                }
        )
    }

    @Test(arguments: [
        (#"{"LocalHttpPort": 70000}"#, "LocalHttpPort: It must be a port number from 0 to 65535."),
        (#"{"LocalHttpAddress": 1}"#, "LocalHttpAddress: It must be an address such as \"127.0.0.1\"."),
        (
            #"{"CORS": ["*"]}"#,
            "CORS: It must be \"*\" or a list of origins with commas, such as \"http://localhost:3000\"."
        ),
        (#"{"CORSCredentials": "maybe"}"#, "CORSCredentials: It must be true or false."),
        (
            #"{"CORS": "*", "CORSCredentials": true}"#,
            "CORSCredentials: It cannot be true while CORS is \"*\", since then any site could act for a signed-in user. "
                + "List the origins instead."
        ),
    ]) func aHostSectionThatCannotBeMeantIsRefused(_ host: String, _ problem: String) {
        let error = #expect(throws: SettingsError.self) { try load(#"{"Host": \#(host)}"#) }
        #expect(error?.problems == ["local.settings.json: Host.\(problem)"])
    }
}
