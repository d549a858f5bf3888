import FunctionHost

/// `postern new`: writes a function that builds, runs and has a test.
enum NewCommand {
    static let command = Command(
        "new",
        "Write a function that builds, runs and has a test",
        details: """
            Write a function into an app: function.json, its Swift source, and a test. Overwrites nothing.
            The folder's name becomes the module's: tidy-up is TidyUp.
            """,
        words: [.init(name: "NAME", missing: "The function's name is missing.")],
        options: [
            .init(
                name: "template",
                short: "t",
                value: "http|timer|queue",
                summary: "What the function begins as",
                completion: .words(FunctionTemplate.allCases.map(\.rawValue))
            ),
            .init(
                name: "auth-level",
                short: "a",
                value: "LEVEL",
                summary: "Whom an HTTP function answers: anonymous, function (callers with a key) or admin (function)",
                completion: .words(authLevels)
            ),
            .app(),
        ],
        run: run
    )

    private static let authLevels = ["anonymous", "function", "admin"]

    private static func run(_ arguments: Arguments) throws -> Int32 {
        guard let templateName = arguments["template"] else {
            throw UsageError("The option '--template' is missing. Use http, timer or queue.")
        }
        let authLevel = (arguments["auth-level"] ?? "function").lowercased()
        guard authLevels.contains(authLevel) else {
            throw UsageError(
                "'\(authLevel)' is not a valid value for '--auth-level'. Use anonymous, function or admin."
            )
        }
        let template = try scaffolding { try FunctionTemplate.named(templateName.lowercased()) }
        guard template == .http || arguments["auth-level"] == nil else {
            throw UsageError("'--auth-level' is for HTTP functions; leave it out of a \(template.rawValue) function.")
        }
        let root = try AppLocation(arguments).root
        let made = try scaffolding {
            try AppScaffold(root: root).makeFunction(
                NewFunctionName(arguments.words[0]),
                template: template,
                authLevel: authLevel
            )
        }
        for path in made.paths { print(path) }
        if !made.isListed {
            printError(
                "Package.swift has no list of functions that 'postern init' wrote. Add a target and a dynamic library "
                    + "'\(made.module)' for the new folder, and a test target for its test."
            )
        }
        return ExitCode.success
    }
}

/// Turns what scaffolding throws into a command's failure.
func scaffolding<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as ScaffoldError {
        switch error.kind {
        case .usage: throw CommandFailure(ExitCode.usage, error.description)
        case .configuration: throw CommandFailure(ExitCode.configuration, error.description)
        }
    }
}
