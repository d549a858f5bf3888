extension FunctionText {
    /// An HTTP function that greets.
    static func http(_ name: NewFunctionName, authLevel: String) throws(ScaffoldError) -> FunctionText {
        let route = name.folder.lowercased()
        guard !route.hasPrefix("admin"), !route.hasPrefix("runtime") else {
            throw ScaffoldError(
                .usage,
                "'\(name.folder)' would be the function's route, and routes that begin with 'admin' or 'runtime' are the "
                    + "host's. Choose another name."
            )
        }
        return FunctionText(
            descriptor: """
                {
                  "bindings": [
                    {
                      "type": "httpTrigger",
                      "direction": "in",
                      "name": "request",
                      "authLevel": "\(authLevel)",
                      "methods": ["get"],
                      "route": "\(name.folder)"
                    },
                    { "type": "http", "direction": "out", "name": "$return" }
                  ]
                }

                """,
            source: """
                public import FunctionKit

                /// Greets whom the query names: `GET /api/\(name.folder)?name=Ada`.
                public struct \(name.module): HTTPFunction {
                    /// Needs nothing of the app.
                    public init(app: AppContext) {}

                    /// Answers with a greeting; everybody is the world.
                    public func respond(to request: HTTPRequest, context: InvocationContext) -> HTTPResponse {
                        .text("Hello, \\(request.queryValue("name") ?? "world").")
                    }
                }

                """,
            test: """
                import FunctionKit
                import FunctionTesting
                import Testing

                @testable import \(name.module)

                struct \(name.module)Tests {
                    @Test(arguments: [(nil, "Hello, world."), ("name=Ada", "Hello, Ada.")] as [(String?, String)])
                    func greets(query: String?, greeting: String) {
                        let app = TestApp()
                        let function = \(name.module)(app: app.context())
                        let request = HTTPRequest(path: "/api/\(name.folder)", query: query)
                        let response = function.respond(to: request, context: app.invocation())
                        #expect(response.status == .ok)
                        #expect(response.body.bytes == Array(greeting.utf8))
                    }
                }

                """
        )
    }
}
