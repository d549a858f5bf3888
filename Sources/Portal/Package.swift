// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// A package of its own for the same reason as FunctionKit: every function of the app shares one copy of it.
let package = Package(
    name: "Portal",
    products: [.library(name: "Portal", type: .dynamic, targets: ["Portal"])],
    dependencies: [.package(path: "../FunctionKit"), .package(path: "../Crypto")],
    targets: [
        .target(
            name: "Portal",
            dependencies: [
                .product(name: "FunctionKit", package: "FunctionKit"), .product(name: "Crypto", package: "Crypto"),
            ],
            path: "Portal",
            swiftSettings: settings
        )
    ],
    swiftLanguageModes: [.v6]
)
