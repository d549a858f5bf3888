import FunctionKit
import Testing

/// Section 2.2 of Azure's behaviour on the real binary: a template, paths, and the values that the function gets.
struct RouteTemplateTests {
    private struct Row {
        var template: String
        /// Values by path below `/api/`; nil for a path that the template does not match.
        var paths: [(String, [String: String]?)]

        init(_ template: String, _ paths: (String, [String: String]?)...) {
            self.template = template
            self.paths = paths
        }
    }

    private static let rows: [Row] = [
        Row("a01/{x?}", ("a01", [:]), ("a01/", [:]), ("A01/1", ["x": "1"]), ("a01/1/2", nil), ("a01//1", nil)),
        Row("a02/{x=def}/{y=z}", ("a02", ["x": "def", "y": "z"]), ("a02/1", ["x": "1", "y": "z"])),
        Row("a03/{*rest}", ("a03", [:]), ("a03/1/2/", ["rest": "1/2/"]), ("a03/1%2F2", ["rest": "1/2"])),
        Row("a04/{**rest}", ("a04/1/2", ["rest": "1/2"])),
        Row("a05/{n}.{e?}", ("a05/a.b.c", ["n": "a.b", "e": "c"]), ("a05/a", ["n": "a"]), ("a05/a.", nil)),
        Row("a06/{a}-{b}", ("a06/x-y-z", ["a": "x-y", "b": "z"]), ("a06/-y", nil), ("a06/x", nil)),
        Row("a07/{{x}}", ("a07/%7Bx%7D", [:]), ("a07/x", nil)),
        Row("b01/{x:int}", ("b01/-5", ["x": "-5"]), ("b01/2147483648", nil), ("b01/1.0", nil), ("b01", nil)),
        Row("b02/{x:long}", ("b02/2147483648", ["x": "2147483648"]), ("b02/9223372036854775808", nil)),
        Row("b03/{x:bool}", ("b03/TRUE", ["x": "TRUE"]), ("b03/1", nil)),
        Row("b04/{x:datetime}", ("b04/2026-02-28", ["x": "2026-02-28"]), ("b04/2026-02-30", nil)),
        Row("b05/{x:decimal}", ("b05/1,000.5", ["x": "1,000.5"]), ("b05/1e5", nil)),
        Row("b06/{x:double}", ("b06/1e5", ["x": "1e5"]), ("b06/x", nil)),
        Row("b07/{x:float}", ("b07/NaN", ["x": "NaN"]), ("b07/1.2.3", nil)),
        Row(
            "b08/{x:guid}",
            ("b08/0123456789abcdef0123456789ABCDEF", ["x": "0123456789abcdef0123456789ABCDEF"]),
            ("b08/0123", nil)
        ),
        Row("b09/{x:alpha}", ("b09/aZ", ["x": "aZ"]), ("b09/a1", nil), ("b09/%C3%A9", nil)),
        Row(#"b10/{x:regex(^\d{{3}}$)}"#, ("b10/123", ["x": "123"]), ("b10/1234", nil)),
        Row("b11/{x:required}", ("b11/1", ["x": "1"]), ("b11/", nil)),
        Row("b12/{x:minlength(2)}", ("b12/ab", ["x": "ab"]), ("b12/a", nil)),
        Row("b13/{x:maxlength(2)}", ("b13/ab", ["x": "ab"]), ("b13/abc", nil)),
        Row("b14/{x:length(2)}", ("b14/ab", ["x": "ab"]), ("b14/a", nil)),
        Row("b15/{x:length( 2 , 3 )}", ("b15/abc", ["x": "abc"]), ("b15/abcd", nil)),
        Row("b16/{x:min(-5)}", ("b16/-5", ["x": "-5"]), ("b16/-6", nil)),
        Row("b17/{x:max(5)}", ("b17/5", ["x": "5"]), ("b17/6", nil)),
        Row("b18/{x:range(5,6)}", ("b18/6", ["x": "6"]), ("b18/7", nil)),
        Row("b19/{x:int:min(1)}", ("b19/1", ["x": "1"]), ("b19/0", nil)),
        Row("b20/{x:int?}", ("b20", [:]), ("b20/1", ["x": "1"]), ("b20/x", nil)),
        Row("b21/{x:int=5}", ("b21", ["x": "5"]), ("b21/x", nil)),
        Row("b22/{*x:int}", ("b22/5", ["x": "5"]), ("b22", nil), ("b22/a/b", nil)),
        Row("c01/%C3%9C", ("c01/%25C3%259C", [:])), Row("c02/ü", ("c02/%C3%9C", [:])),
    ]

    @Test func eachTemplateMatchesWhatAzuresDoes() async throws {
        var functions: [String: (trigger: String, more: String)] = [:]
        for (index, row) in Self.rows.enumerated() {
            let template = row.template.replacing(#"\"#, with: #"\\"#)
            functions["f\(index)"] = (#""route": "\#(template)""#, "")
        }
        let host = try await MirrorApp(functions).start()
        #expect(!host.process.output.contains("is in error"), "\(host.process.output)")
        for (index, row) in Self.rows.enumerated() {
            for (path, values) in row.paths {
                let answer = try await host.send(.get, "/api/\(path)")
                guard let values else {
                    #expect(answer.status == 404, "\(row.template) \(path)")
                    continue
                }
                #expect(answer.status == 200, "\(row.template) \(path)")
                guard answer.status == 200 else { continue }
                let sight: Sight = try answer.decode()
                #expect(sight.function == "f\(index)")
                #expect(sight.route == values, "\(row.template) \(path)")
            }
        }
        await host.stop()
    }
}
