import FunctionKit

/// A function in the answers below `/admin/functions`, with every field that Azure gives and a few of ours.
struct FunctionView {
    /// The function's name.
    var name: String
    /// The path of its folder below the app's root.
    var folder: String
    /// What its `function.json` holds; empty when it cannot be read.
    var config: JSONValue
    /// What stands before its route.
    var routePrefix: String
    var isDisabled = false
    /// Its test data; nil when there is too much of it.
    var testData: String?
    /// What became of its runs since the start; nil for one that has not been loaded.
    var counts: (succeeded: Int, failed: Int, running: Int)?

    /// A function that runs.
    init(_ function: LoadedFunction, routePrefix: String, testData: String?) {
        let descriptor = function.descriptor
        self.init(
            name: function.name,
            folder: descriptor.file.split(separator: "/").dropLast().joined(separator: "/"),
            source: descriptor.source,
            routePrefix: routePrefix,
            testData: testData
        )
        isDisabled = descriptor.isDisabled
        counts = (function.counters.succeeded, function.counters.failed, function.counters.running)
    }

    /// A function as its folder says.
    init(name: String, folder: String, source: [UInt8], routePrefix: String, testData: String?) {
        self.name = name
        self.folder = folder
        config = (try? LenientJSON.parse(source)) ?? JSONValue(.object([]))
        self.routePrefix = routePrefix
        self.testData = testData
    }

    /// The answer.
    ///
    /// - Parameter origin: scheme, host and port of the links.
    func json(origin: String) -> JSONValue {
        let files = "\(origin)/admin/vfs/site/wwwroot/\(Self.encoded(folder))"
        let script = config["scriptFile"]?.string ?? FunctionName.libraryName(name)
        let data = "\(origin)/admin/vfs/data/Functions/sampledata/\(name).dat"
        var members: [(String, JSONValue.Content)] = [
            ("name", .string(name)),
            ("script_root_path_href", .string(files + "/")),
            ("script_href", .string("\(files)/\(Self.encoded(script))")),
            ("config_href", .string(files + "/function.json")),
            ("test_data_href", .string(data)),
            ("href", .string("\(origin)/admin/functions/\(name)")),
            ("invoke_url_template", invokeURL(origin).map { .string($0) } ?? .null),
            ("language", .string("swift")),
            ("config", config.content),
            // Azure fills it for nobody; it is there for PUT.
            ("files", .null),
            ("test_data", testData.map { .string($0) } ?? .null),
            ("isDisabled", .bool(isDisabled)),
            ("isDirect", .bool(isDirect)),
            ("isProxy", .bool(false)),
            ("trigger", trigger.map { .string($0) } ?? .null),
        ]
        if let counts {
            members += [
                ("succeeded", .number("\(counts.succeeded)")), ("failed", .number("\(counts.failed)")),
                ("running", .number("\(counts.running)")),
            ]
        }
        return JSONValue(.object(members.map { JSONValue.Member(name: $0.0, value: JSONValue($0.1)) }))
    }

    /// Where an HTTP function answers: its template, all in lower case as in Azure; nil for any other function.
    private func invokeURL(_ origin: String) -> String? {
        guard let binding = triggerBinding, let type = binding.member(ignoringCase: "type")?.string,
            equalsIgnoringASCIICase(type, "httpTrigger")
        else { return nil }
        let own =
            binding.member(ignoringCase: "route")?.string.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } ?? name
        return ([origin] + [routePrefix, own].filter { !$0.isEmpty }).joined(separator: "/").lowercased()
    }

    private var trigger: String? { triggerBinding?.member(ignoringCase: "type")?.string }

    private var triggerBinding: JSONValue? {
        config["bindings"]?.elements?.first {
            $0.member(ignoringCase: "type")?.string?.lowercased().hasSuffix("trigger") == true
        }
    }

    /// Compiled .NET functions say that their attributes are the configuration.
    private var isDirect: Bool {
        config.member(ignoringCase: "configurationSource")?.string.map { equalsIgnoringASCIICase($0, "attributes") }
            ?? false
    }

    private static func encoded(_ path: String) -> String {
        path.split(separator: "/").map { percentEncoded(String($0)) }.joined(separator: "/")
    }
}
