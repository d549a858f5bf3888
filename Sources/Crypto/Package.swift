// swift-tools-version: 6.2
import PackageDescription

// A package of its own, because both the portal and the programs around it need digests, and neither imports the other.
let package = Package(
    name: "Crypto",
    products: [.library(name: "Crypto", type: .dynamic, targets: ["Crypto"])],
    targets: [
        .systemLibrary(name: "COpenSSL", path: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Crypto",
            dependencies: ["COpenSSL"],
            path: "Crypto",
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
