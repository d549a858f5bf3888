// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// For the modules on a request's path: an asynchronous call stays on its caller's executor instead of asking at each step
/// whether it has to change.
let loopSettings = settings + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

let functionKit = Target.Dependency.product(name: "FunctionKit", package: "FunctionKit")
let functionTesting = Target.Dependency.product(name: "FunctionTesting", package: "FunctionTesting")
let crypto = Target.Dependency.product(name: "Crypto", package: "Crypto")
let portal = Target.Dependency.product(name: "Portal", package: "Portal")

/// The functions of an app, as folder names below `path`; each is a target and a dynamic library of its own.
struct App {
    var path: String
    var dependencies: [Target.Dependency]
    /// Folder name to module name.
    var functions: [(folder: String, module: String)]
}

/// The functions of the sandbox that plays the other side; its tests import every one.
let oneStack: [(folder: String, module: String)] = [
    ("bookkeeper", "StackBookkeeper"),
    ("books-invoices", "StackBooksInvoices"),
    ("faults", "StackFaults"),
    ("hub-sso", "StackHubSSO"),
    ("lawyer", "StackLawyer"),
    ("legal-webhook", "StackLegalWebhook"),
    ("mission", "StackMission"),
    ("page", "StackPage"),
    ("psa-changes", "StackPSAChanges"),
    ("psa-comments", "StackPSAComments"),
    ("psa-tickets", "StackPSATickets"),
    ("state", "StackState"),
    ("technician", "StackTechnician"),
]

let apps = [
    App(
        path: "Functions",
        dependencies: [functionKit, portal, crypto],
        functions: [
            ("client-hub-sso", "ClientHubSSO"),
            ("health", "Health"),
            ("invoice-sync", "InvoiceSync"),
            ("legal-webhook", "LegalWebhook"),
            ("mission-proxy", "MissionProxy"),
            ("portal-access", "PortalAccess"),
            ("portal-documents", "PortalDocuments"),
            ("portal-invoices", "PortalInvoices"),
            ("portal-logout", "PortalLogout"),
            ("portal-session", "PortalSession"),
            ("portal-signing-acknowledge", "PortalSigningAcknowledge"),
            ("portal-signing-notify", "PortalSigningNotify"),
            ("portal-ticket", "PortalTicket"),
            ("portal-ticket-comments", "PortalTicketComments"),
            ("portal-tickets", "PortalTickets"),
            ("signing-push", "SigningPush"),
            ("ticket-sync", "TicketSync"),
        ]
    ),
    App(
        path: "Tests/Apps/hello",
        dependencies: [functionKit, crypto],
        functions: [
            ("burn", "HelloBurn"),
            ("download", "HelloDownload"),
            ("echo", "HelloEcho"),
            ("events", "HelloEvents"),
            ("hello", "HelloHello"),
            ("json", "HelloJSON"),
            ("site", "HelloSite"),
            ("stream", "HelloStream"),
            ("trap", "HelloTrap"),
            ("upload", "HelloUpload"),
            ("wait", "HelloWait"),
        ]
    ),
    App(path: "Tests/Apps/timers", dependencies: [functionKit], functions: [("tick", "TimersTick")]),
    App(
        path: "Tests/Apps/queues",
        dependencies: [functionKit],
        functions: [
            ("misdeclared", "QueuesMisdeclared"),
            ("order", "QueuesOrder"),
            ("tick", "QueuesTick"),
            ("work", "QueuesWork"),
        ]
    ),
    App(
        path: "Tests/Apps/unruly",
        dependencies: [functionKit],
        functions: [
            ("slow-init", "SlowInit"),
            ("stubborn", "Stubborn"),
        ]
    ),
    App(
        path: "Tests/Apps/mirror",
        dependencies: [functionKit],
        functions: [
            ("by-hand", "ByHand"),
            ("looking-glass", "LookingGlass"),
            ("warmup", "Warmup"),
        ]
    ),
    App(
        path: "Tests/Apps/one-stack",
        dependencies: [functionKit, crypto, "OneStack"],
        functions: oneStack
    ),
]

let functionTargets: [Target] = apps.flatMap { app in
    app.functions.map { function in
        .target(
            name: function.module,
            dependencies: app.dependencies,
            path: "\(app.path)/\(function.folder)",
            exclude: ["function.json"],
            swiftSettings: settings
        )
    }
}

/// Only for `scripts/bench store` and `scripts/bench timers`, which set this: nothing else needs SQLite.
let withBenchmarks = Context.environment["POSTERN_BENCHMARKS"] != nil
let benchmarks: [Target] =
    !withBenchmarks
    ? []
    : [
        .systemLibrary(name: "CSQLite", path: "Benchmarks/CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .executableTarget(
            name: "StoreBench",
            dependencies: ["DocumentStore", "FunctionHost", "CSQLite", functionKit],
            path: "Benchmarks/StoreBench",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "QueueBench",
            dependencies: ["DocumentStore", "FunctionHost", functionKit],
            path: "Benchmarks/QueueBench",
            swiftSettings: loopSettings
        ),
        .executableTarget(
            name: "TimerBench",
            dependencies: ["FunctionHost", functionKit],
            path: "Benchmarks/TimerBench",
            swiftSettings: settings
        ),
        .target(
            name: "TimerTick",
            dependencies: [functionKit],
            path: "Benchmarks/TimerTick",
            swiftSettings: settings
        ),
    ]

let package = Package(
    name: "postern",
    products: [
        .executable(name: "postern", targets: ["postern"]),
        // A library of its own, which the host loads with the first outbound request.
        .library(name: "HTTPClient", type: .dynamic, targets: ["HTTPClient"]),
    ]
        + apps.flatMap(\.functions).map { .library(name: $0.module, type: .dynamic, targets: [$0.module]) }
        + (withBenchmarks ? [.library(name: "TimerTick", type: .dynamic, targets: ["TimerTick"])] : []),
    dependencies: [
        .package(path: "Sources/FunctionKit"),
        .package(path: "Sources/FunctionKit/FunctionTesting"),
        .package(path: "Sources/Crypto"),
        .package(path: "Sources/Portal"),
    ],
    targets: [
        .target(name: "CLinux", path: "Sources/CLinux"),
        .target(name: "CLLHTTP", path: "Sources/CLLHTTP"),
        .target(name: "CXXHash", path: "Sources/CXXHash"),
        .target(name: "CSendBatch", path: "Sources/CSendBatch", linkerSettings: [.linkedLibrary("uring")]),
        .systemLibrary(
            name: "CCurl",
            path: "Sources/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .systemLibrary(name: "CSSL", path: "Sources/CSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "HTTPServer",
            dependencies: [functionKit, "CLinux", "CLLHTTP", "CSSL", "CSendBatch"],
            path: "Sources/HTTPServer",
            swiftSettings: loopSettings
        ),
        .target(
            name: "HTTPClient",
            dependencies: [functionKit, "CCurl", "CLinux"],
            path: "Sources/HTTPClient",
            swiftSettings: settings
        ),
        .target(
            name: "DocumentStore",
            dependencies: [functionKit, crypto, "CLinux", "CXXHash", "CZlib"],
            path: "Sources/DocumentStore",
            swiftSettings: settings
        ),
        .target(
            name: "FunctionHost",
            dependencies: [functionKit, crypto, "HTTPServer", "DocumentStore", "CLinux", "CZlib"],
            path: "Sources/FunctionHost",
            swiftSettings: loopSettings
        ),
        .executableTarget(
            name: "postern",
            dependencies: ["FunctionHost", "DocumentStore", functionKit],
            path: "Sources/postern",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FunctionKitTests",
            dependencies: [functionKit, functionTesting],
            path: "Tests/FunctionKitTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "CryptoTests",
            dependencies: [crypto],
            path: "Tests/CryptoTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["HTTPServer", "CLinux", "CSSL", functionKit, functionTesting],
            path: "Tests/HTTPServerTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: ["HTTPClient", functionKit, functionTesting, crypto],
            path: "Tests/HTTPClientTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DocumentStoreTests",
            dependencies: ["DocumentStore", functionKit, functionTesting],
            path: "Tests/DocumentStoreTests",
            swiftSettings: settings
        ),
        // Kills itself again and again, as scripts/crash and the tests ask for; no part of the product.
        .executableTarget(
            name: "StoreCrash",
            dependencies: ["DocumentStore", "FunctionHost", functionKit, functionTesting],
            path: "Tests/StoreCrash",
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreCrashTests",
            dependencies: ["StoreCrash", functionKit],
            path: "Tests/StoreCrashTests",
            swiftSettings: settings
        ),
        // The crash simulation of the store, for its tests and for `scripts/simulate`; no product has it.
        .target(
            name: "StoreSimulation",
            dependencies: ["DocumentStore", functionKit, functionTesting],
            path: "Tests/StoreSimulation",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "StoreSimulate",
            dependencies: ["StoreSimulation", functionKit],
            path: "Tests/StoreSimulate",
            swiftSettings: settings
        ),
        .testTarget(
            name: "StoreSimulationTests",
            dependencies: ["StoreSimulation", "DocumentStore", functionKit, functionTesting],
            path: "Tests/StoreSimulationTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FunctionHostTests",
            dependencies: ["FunctionHost", "DocumentStore", "CZlib", functionKit, functionTesting],
            path: "Tests/FunctionHostTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "PortalTests",
            // The functions' own targets, so that their tests call them without a host.
            dependencies: [portal, crypto, functionKit, functionTesting]
                + apps[0].functions.map { .target(name: $0.module) },
            path: "Tests/PortalTests",
            swiftSettings: settings
        ),
        .target(
            name: "OneStack",
            dependencies: [functionKit, crypto],
            path: "Tests/Apps/one-stack/Shared",
            swiftSettings: settings
        ),
        .testTarget(
            name: "OneStackTests",
            dependencies: [functionKit, functionTesting, crypto, "OneStack"]
                + oneStack.map { .target(name: $0.module) },
            path: "Tests/OneStackTests",
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "FunctionHost", "HTTPClient", "HTTPServer", "CLinux", functionKit, functionTesting, portal, crypto,
            ],
            path: "Tests/EndToEndTests",
            swiftSettings: settings
        ),
    ] + functionTargets + benchmarks,
    swiftLanguageModes: [.v6]
)
