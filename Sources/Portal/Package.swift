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
    dependencies: [.package(path: "../FunctionKit")],
    targets: [
        .systemLibrary(name: "COpenSSL", path: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Portal",
            dependencies: [.product(name: "FunctionKit", package: "FunctionKit"), "COpenSSL"],
            path: "Portal",
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
