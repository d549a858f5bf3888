// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// A package of its own, because SwiftPM links the targets of one package statically into each of its products:
// function libraries would each carry their own copy of these types, and a cast from one to the other would fail.
let package = Package(
    name: "FunctionKit",
    products: [.library(name: "FunctionKit", type: .dynamic, targets: ["FunctionKit"])],
    targets: [
        .target(name: "CFolder", path: "CFolder"),
        .target(name: "FunctionKit", dependencies: ["CFolder"], path: "FunctionKit", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
