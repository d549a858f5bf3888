/// The files of a new app, without its functions.
struct AppTemplate {
    /// The package's name.
    let name: String
    /// The folder that holds Postern's sources.
    let posternFolder: String

    var files: [NewFile] {
        [
            NewFile(path: "Package.swift", text: package),
            NewFile(path: "host.json", text: "{\n  \"version\": \"2.0\"\n}\n"),
            NewFile(path: "local.settings.json", text: "{\n  \"IsEncrypted\": false,\n  \"Values\": {}\n}\n"),
            NewFile(path: ".gitignore", text: "/.build/\n/.swiftpm/\n/data/\nlocal.settings.json\n"),
            NewFile(path: "README.md", text: readme),
        ]
    }

    private var readme: String {
        """
        # \(name)

        Azure Functions in Swift, served by Postern.

        | | |
        |---|---|
        | `Functions/` | one folder a function: `function.json` and its Swift source |
        | `Tests/FunctionTests/` | their tests, which need no host |
        | `host.json`, `local.settings.json` | what all functions share; the second stays out of git, for it holds secrets |

        ```
        swift build                                    # the functions' libraries
        swift test                                     # their tests
        postern start                                  # serves them on http://localhost:7071
        postern new tidy-up --template timer           # one more function: http, timer or queue
        postern settings add NAME VALUE                # an app setting
        postern keys list                              # the keys of functions whose authLevel is not anonymous
        ```

        """
    }

    private var package: String {
        """
        // swift-tools-version: 6.2
        import PackageDescription

        /// The functions, by their folders in Functions/. 'postern new' adds to them.
        let functions = [String]()

        /// Where Postern's sources are; POSTERN_HOME says so on another machine.
        let postern = Context.environment["POSTERN_HOME"] ?? \(swiftLiteral(posternFolder))

        let functionKit = Target.Dependency.product(name: "FunctionKit", package: "FunctionKit")
        let functionTesting = Target.Dependency.product(name: "FunctionTesting", package: "FunctionTesting")

        let settings: [SwiftSetting] = [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]

        /// A function's module, and the type in it: the folder tidy-up holds TidyUp.
        func module(_ folder: String) -> String {
            folder.split { $0 == "-" || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }

        let package = Package(
            name: \(swiftLiteral(name)),
            // Each function is a library of its own, which the host loads by name.
            products: functions.map { .library(name: module($0), type: .dynamic, targets: [module($0)]) },
            dependencies: [
                .package(path: postern + "/Sources/FunctionKit"),
                .package(path: postern + "/Sources/FunctionKit/FunctionTesting"),
            ],
            targets: functions.map { folder in
                .target(
                    name: module(folder),
                    dependencies: [functionKit],
                    path: "Functions/" + folder,
                    exclude: ["function.json"],
                    swiftSettings: settings
                )
            } + [
                .testTarget(
                    name: "FunctionTests",
                    dependencies: [functionKit, functionTesting] + functions.map { .target(name: module($0)) },
                    path: "\(testsFolder)",
                    swiftSettings: settings
                )
            ],
            swiftLanguageModes: [.v6]
        )

        """
    }

    /// A text as Swift source.
    private func swiftLiteral(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                literal += "\\u{\(String(scalar.value, radix: 16))}"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
