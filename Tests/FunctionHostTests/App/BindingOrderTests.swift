import FunctionHost
import Testing

/// Azure stops at the first thing that is wrong; what is told first here must be that.
@Suite struct BindingOrderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var bindings: String
        var first: String
        var count: Int
        var testDescription: String { bindings }

        init(_ bindings: String, _ first: String, of count: Int = 1) {
            self.bindings = bindings
            self.first = first
            self.count = count
        }
    }

    private static let unknown = "Please ensure the type is correct and the binding extension is installed."

    @Test(arguments: [
        // While the file is read.
        Row("", "At least one binding must be declared."),
        Row(#"{"direction": "up", "name": "a_b"}"#, "'up' is not a valid binding direction."),
        Row(#"{"direction": "up"}, {"direction": "down"}"#, "'up' is not a valid binding direction.", of: 2),
        Row(
            #"{"type": "x", "name": "a_b"}, {"type": "x", "name": "b", "direction": "up"}"#,
            "'up' is not a valid binding direction."
        ),
        // Each binding: name, direction of $return, type, repeated name.
        Row(#"{"name": "a_b"}"#, "The binding name a_b is invalid. Please assign a valid name to the binding."),
        Row(
            #"{"name": "$RETURN", "type": "http", "direction": "out"}"#,
            "The binding name $RETURN is invalid. Please assign a valid name to the binding."
        ),
        Row(#"{"name": "$return", "direction": "inout"}"#, "$return bindings must specify a direction of 'out'."),
        Row(#"{"name": "$return"}"#, "$return bindings must specify a direction of 'out'."),
        Row(#"{"name": "a"}, {"name": "A"}"#, "Binding 'a' is invalid. Bindings must specify a Type.", of: 2),
        Row(
            #"{"name": "a", "type": "http"}, {"name": "A", "type": "http"}"#,
            "Multiple bindings with name 'A' discovered. Binding names must be unique."
        ),
        // All bindings: triggers, http as input, unknown types.
        Row(
            #"{"name": "a", "type": "httpTrigger"}, {"name": "b", "type": "magicTRIGGER"}, {"name": "c", "type": "http"}"#,
            "Multiple trigger bindings defined. A function can only have a single trigger binding.",
            of: 3
        ),
        Row(
            #"{"name": "c", "type": "HTTP", "direction": "inOut"}"#,
            "No trigger binding specified. A function must have a trigger input binding.",
            of: 2
        ),
        Row(
            #"{"name": "a", "type": "httpTrigger"}, {"name": "b", "type": "blob"}, {"name": "c", "type": "http"}"#,
            "Http binding can only be used for output.",
            of: 2
        ),
        Row(
            #"{"name": "a", "type": "eventGridTrigger"}, {"name": "b", "type": "blob"}"#,
            "The binding type(s) 'eventGridTrigger, blob' are not registered. \(unknown)"
        ),
        Row(
            #"{"name": "a", "type": "blobTrigger"}"#,
            "The binding type(s) 'blobTrigger' are not registered. \(unknown)"
        ),
        // The trigger itself.
        Row(
            #"{"name": "a", "type": "queueTrigger", "queueName": "%NONE%"}, {"name": "b", "type": "http", "direction": "out"}"#,
            "'%NONE%' does not resolve to a value."
        ),
    ]) func theFirstProblemIsAzures(_ row: Row) throws {
        let app = try MemoryAppFiles(functions: ["f": functionJSON(row.bindings)]).load()
        #expect(app.problems.first?.reason == row.first)
        #expect(app.problems.count == row.count)
    }

    @Test(arguments: [
        ("a", true), ("Z9", true), ("a1b2", true), (String(repeating: "a", count: 128), true),
        (String(repeating: "a", count: 129), false), ("", false), ("1a", false), ("a_b", false), ("a-b", false),
        ("a b", false), ("é", false), ("$x", false), ("a$", false), ("$return", true),
    ]) func bindingNames(name: String, isValid: Bool) throws {
        let binding = #"{"name": "\#(name)", "type": "queue", "direction": "out", "queueName": "jobs"}"#
        let app = try MemoryAppFiles(functions: ["f": functionJSON("\(httpBinding), \(binding)")]).load()
        #expect(app.problems.map(\.reason).isEmpty == isValid)
    }

    @Test(arguments: [
        ("a", true), ("A-b_9", true), ("z" + String(repeating: "9", count: 127), true), ("hosts", true),
        ("ho-st", true),
        ("z" + String(repeating: "9", count: 128), false), ("host", false), ("Host", false), ("_a", false),
        ("-a", false),
        ("9a", false), ("a.b", false), ("a b", false), ("ä", false), ("aä", false), ("a/b", false), ("", false),
    ]) func functionNames(name: String, isValid: Bool) {
        #expect(FunctionName.isValid(name) == isValid)
    }

    @Test func namesAreOrderedIgnoringCase() {
        let names = ["b", "_", "B1", "a_b", "aZ", "A-b", "a", "ab", "AB2", "Z"]
        #expect(
            names.sorted(by: FunctionName.precedes) == ["a", "A-b", "ab", "AB2", "aZ", "a_b", "b", "B1", "Z", "_"]
        )
    }

    @Test(
        arguments: [
            (nil, ["AzureWebJobsStorage": "x"], "AzureWebJobsStorage"),
            ("", ["ConnectionStrings:Storage": "x"], "ConnectionStrings:Storage"),
            ("Own", ["Own": "x", "AzureWebJobsOwn": "y"], "AzureWebJobsOwn"),
            ("Own", ["Own": "x", "ConnectionStrings:Own": "y"], "ConnectionStrings:Own"),
            (
                "Own", ["AzureWebJobsOwn": "x", "ConnectionStrings:AzureWebJobsOwn": "y"],
                "ConnectionStrings:AzureWebJobsOwn"
            ),
            ("Own", ["Own": "x", "AzureWebJobsOwn": ""], "Own"), ("Own", ["AzureWebJobsStorage": "x"], nil),
        ] as [(String?, [String: String], String?)]
    )
    func aConnectionIsLookedForInFourPlaces(name: String?, settings: [String: String], found: String?) {
        #expect(ConnectionName.setting(for: name) { settings[$0] } == found)
    }
}
