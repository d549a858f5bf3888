import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// The actions of `postern store` that look at files alone: they need no lock, so a host may be running, except for a restore,
/// which wants the folder for itself.
struct StoreFolderCommands {
    let folder: String
    let arguments: Arguments

    static let actions: [String: @Sendable (StoreFolderCommands) throws -> Int32] = [
        "verify": { try $0.verify() },
        "backup": { try $0.backup() },
        "restore": { try $0.restore() },
    ]

    /// Reads every log from end to end.
    private func verify() throws -> Int32 {
        let verification = try StoreVerification(ofFolder: folder, tenants: tenants(), now: SystemClock().now)
        if arguments.has("json") {
            try printJSON(verification)
        } else {
            for finding in verification.findings {
                print("\(finding.severity.rawValue): \(finding.file) at byte \(finding.offset): \(finding.reason)")
            }
            print(
                "\(verification.tenants) tenants, \(verification.lines) batches, \(verification.documents) documents: "
                    + (verification.isSound ? "in order." : "NOT in order.")
            )
        }
        return verification.isSound ? ExitCode.success : ExitCode.dataError
    }

    private func backup() throws -> Int32 {
        let destination = resolvedPath(arguments.words[1])
        let backup = StoreBackup(ofFolder: resolvedPath(folder), to: destination, tenants: try tenants())
        let manifest = try backup.run(at: SystemClock().now)
        if arguments.has("json") { try printJSON(manifest) } else { report(manifest, destination) }
        return manifest.isComplete ? ExitCode.success : ExitCode.dataError
    }

    private func report(_ manifest: BackupManifest, _ destination: String) {
        let held = manifest.tenants.filter { $0.failure == nil }
        let bytes = held.flatMap(\.files).reduce(0) { $0 + $1.bytes }
        print("\(held.count) tenants, \(bytes) bytes backed up to '\(destination)'.")
        for tenant in manifest.tenants {
            guard let failure = tenant.failure else { continue }
            let place = failure.offset.map { " at byte \($0)" } ?? ""
            printError("Tenant '\(tenant.tenant)' is NOT in the backup: \(failure.file)\(place): \(failure.reason).")
        }
    }

    private func restore() throws -> Int32 {
        let report = try StoreRestore(from: resolvedPath(arguments.words[1]), to: folder, tenants: tenants()).run()
        if arguments.has("json") {
            try printJSON(report)
        } else {
            print("\(report.restored.count) tenants restored into '\(folder)'.")
            for tenant in report.missing { printError("Tenant '\(tenant.tenant)' is not in the backup.") }
        }
        return report.missing.isEmpty ? ExitCode.success : ExitCode.dataError
    }

    private func tenants() throws -> [TenantName]? { try arguments["tenant"].map { [try TenantName($0)] } }
}

/// Prints a value as JSON on one line.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
