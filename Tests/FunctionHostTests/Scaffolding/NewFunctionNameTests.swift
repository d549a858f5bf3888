import Testing

@testable import FunctionHost

/// Names that a new function may have.
struct NewFunctionNameTests {
    @Test(arguments: [
        ("hello", "Hello"), ("tidy-up", "TidyUp"), ("send_mail2", "SendMail2"), ("portalAPI_v2", "PortalAPIV2"),
        ("a--b", "AB"),
        ("my-swift", "MySwift"), ("strings", "Strings"), ("healthHTTP", "HealthHTTP"),
    ])
    func aNameMakesAModule(name: String, module: String) throws {
        let made = try NewFunctionName(name)
        #expect(made.module == module)
        #expect(made.folder == name)
    }

    @Test(arguments: [
        "", "2fast", "-a", "a b", "a/b", "../a", "host", "HOST", "é", String(repeating: "a", count: 129), "a.b", "a\nb",
    ])
    func aNameThatAzureRefusesIsRefused(name: String) {
        let error = #expect(throws: ScaffoldError.self) { try NewFunctionName(name) }
        #expect(error?.description.hasPrefix("'\(name)' is not a valid function name.") == true)
        #expect(error?.kind == .usage)
    }

    @Test(arguments: [
        ("swift", "Swift"), ("swift-ui", "SwiftUi"), ("foundation", "Foundation"), ("testing", "Testing"),
        ("function-kit", "FunctionKit"), ("http-client", "HttpClient"), ("HTTPServer", "HTTPServer"),
        ("crypto", "Crypto"),
        ("string", "String"), ("timer-info", "TimerInfo"), ("glibc", "Glibc"), ("main", "Main"), ("xctest", "Xctest"),
        ("x-c-test", "XCTest"), ("function-tests", "FunctionTests"),
    ])
    func aModuleThatExistsIsRefused(name: String, module: String) {
        let error = #expect(throws: ScaffoldError.self) { try NewFunctionName(name) }
        #expect(
            error?.description
                == "'\(name)' would be the Swift module '\(module)', which exists already. Choose another name, such as "
                + "'my-\(name)'."
        )
    }

    @Test(arguments: [
        ("orders", "orders"), ("Send_Mail", "send-mail"), ("a--b_", "a-b"), ("q", "q-queue"),
        (String(repeating: "a", count: 55) + "-bc", String(repeating: "a", count: 55)),
    ])
    func aQueueIsNamedAfterItsFunction(name: String, queue: String) throws {
        #expect(FunctionText.queueName(name) == queue)
    }
}
