// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// A package of its own, so that it uses the library FunctionKit: as a product of that package it had a second copy of its types in
// it, and a test found an error that it caught to be of its own type or not depending on the order of linking.
let package = Package(
    name: "FunctionTesting",
    products: [.library(name: "FunctionTesting", type: .dynamic, targets: ["FunctionTesting"])],
    dependencies: [.package(path: "..")],
    targets: [
        .target(
            name: "FunctionTesting",
            dependencies: [.product(name: "FunctionKit", package: "FunctionKit")],
            path: ".",
            exclude: ["Package.swift"],
            swiftSettings: settings
        )
    ],
    swiftLanguageModes: [.v6]
)
