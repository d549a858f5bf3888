import DocumentStore
import FunctionHost
import FunctionKit

/// What is in the folder after a crash, read through the store that has to recover it.
struct Recovery: Sendable {
    /// By name; those that nobody wrote to are empty.
    private(set) var tenants: [String: FoundTenant] = [:]
    /// What is wrong whatever was acknowledged.
    private(set) var problems: [String] = []
    /// How many tenants' logs ended in a write that was never finished.
    private(set) var tornTails = 0
    /// How many hint files belonged to files that are gone, as when a compaction was interrupted.
    private(set) var uselessHints = 0

    /// Checks the files, then opens the folder and reads everything.
    init(of folder: String, _ mode: FileStoreEngine.Mode) async {
        do {
            // A process that was killed at once has not even made the folder, and nobody could read one then.
            if try SystemDisk().names(in: folder) == nil { await (try StoreUnderTest.open(folder, .exclusive)).close() }
            let verification = try StoreVerification(ofFolder: folder, now: SystemClock().now)
            for finding in verification.findings {
                switch finding.severity {
                case .tornTail: tornTails += 1
                case .uselessHint: uselessHints += 1
                case .damage, .inconsistency:
                    problems.append("\(finding.file) at \(finding.offset): \(finding.severity): \(finding.reason)")
                }
            }
            let engine = try StoreUnderTest.open(folder, mode)
            for name in Victim.tenants {
                // One tenant's damage is a finding; the others are read all the same.
                do { try await read(name, engine.partition(try TenantName(name))) } catch {
                    problems.append("\(error)")
                }
            }
            await engine.close()
        } catch {
            problems.append("\(error)")
        }
    }

    private mutating func read(_ name: String, _ partition: any TenantPartition) async throws {
        let clock = SystemClock()
        let begin = clock.now
        var documents: [String: FoundDocument] = [:]
        for collection in StoreUnderTest.collections {
            var query = StoreQuery(collection: try CollectionName(collection), limit: 200)
            repeat {
                let page = try await partition.query(query)
                for document in page.documents {
                    documents["\(collection)/\(document.id)"] = FoundDocument(
                        revision: document.revision.rawValue,
                        sum: checksum(document.body),
                        expiresAt: document.expiresAt
                    )
                }
                query.cursor = page.nextCursor
            } while query.cursor != nil
        }
        let schema = try await partition.schema(of: try CollectionName("items"))
        tenants[name] = FoundTenant(
            documents: documents,
            times: begin...max(begin, clock.now),
            variant: try (0..<StoreUnderTest.variants).first { try StoreUnderTest.items(variant: $0) == schema }
        )
        let accounts = documents.keys.count { $0.hasPrefix("accounts/") }
        if accounts > 0 { try await checkSlots(name, partition, accounts) }
    }

    /// Through the unique index every account appears once and no slot twice.
    private mutating func checkSlots(_ name: String, _ partition: any TenantPartition, _ accounts: Int) async throws {
        let query = StoreQuery(collection: try CollectionName("accounts"), index: "by_slot", limit: 1000)
        let slots = try await partition.query(query).documents.map { slot(of: $0.body) }
        guard slots != Array(0..<accounts) else { return }
        problems.append("\(name): the unique index of accounts gives \(slots) for \(accounts) accounts")
    }
}
