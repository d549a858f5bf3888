internal import FoundationEssentials
package import FunctionKit

/// What a backup holds: the file `backup.json`, which is written last, so that a backup without one was interrupted.
package struct BackupManifest: Sendable, Codable {
    /// One log file.
    package struct File: Sendable, Codable {
        /// Its name in the tenant's folder.
        package var name: String
        /// Its length.
        package var bytes: Int
        /// The SHA-256 of its bytes, in hexadecimal digits.
        package var sha256: String
    }

    /// Why a tenant is not in the backup.
    package struct Failure: Sendable, Codable {
        /// The file of the data folder that could not be taken over.
        package var file: String
        /// Where in the file, in bytes from its beginning; nil when it could not be read at all.
        package var offset: Int?
        /// What is wrong.
        package var reason: String
    }

    /// One tenant.
    package struct Tenant: Sendable, Codable {
        /// Its name.
        package var tenant: String
        /// The number of its last batch in the backup; 0 for none.
        package var lastSequence: Int64
        /// Its files, in the order in which they are read; none when it failed.
        package var files: [File]
        /// Why it is not in the backup; nil when it is.
        package var failure: Failure?

        private enum CodingKeys: String, CodingKey {
            case tenant
            case lastSequence = "last_sequence"
            case files
            case failure
        }
    }

    /// What tells a backup from other JSON.
    package static let formatName = "postern-backup"
    /// The version of the format.
    package static let formatVersion = 1
    /// The manifest's name in the backup's folder.
    package static let fileName = "backup.json"
    /// The longest manifest that is read: 64 MiB, some 100,000 tenants.
    package static let bytesMax = 64 << 20

    /// ``formatName``.
    package var format = formatName
    /// ``formatVersion``.
    package var version = formatVersion
    /// When the backup was begun; every write that was acknowledged before is in it.
    package var at: Timestamp
    /// The tenants, in ascending order.
    package var tenants: [Tenant]

    /// True when every tenant is in it.
    package var isComplete: Bool { tenants.allSatisfy { $0.failure == nil } }

    /// The file's bytes.
    func json() throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            throw StoreError(.unavailable, "The contents of the backup cannot be written as JSON: \(error)")
        }
    }

    /// Reads a manifest; nil for anything that a backup did not write. Names and figures in it are still somebody's claim.
    init?(_ bytes: [UInt8]) {
        guard let manifest = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
            manifest.format == Self.formatName, manifest.version == Self.formatVersion
        else { return nil }
        self = manifest
    }

    init(at: Timestamp, tenants: [Tenant]) {
        self.at = at
        self.tenants = tenants
    }
}
