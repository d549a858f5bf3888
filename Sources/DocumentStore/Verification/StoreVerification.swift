package import FunctionKit

/// Something in a data folder that is not as it should be.
package struct StoreFinding: Sendable, Hashable, Encodable {
    /// How bad it is.
    package enum Severity: String, Sendable, Hashable, Encodable {
        /// The store refuses to open the tenant.
        case damage
        /// A write that was never acknowledged; it is cut off when the tenant is opened.
        case tornTail = "torn_tail"
        /// The documents contradict their own schema.
        case inconsistency
    }

    /// How bad it is.
    package let severity: Severity
    /// Whose data it is.
    package let tenant: String
    /// The file.
    package let file: String
    /// Where in the file, in bytes from its beginning.
    package let offset: Int
    /// What is wrong.
    package let reason: String
}

/// What a check of a data folder found.
package struct StoreVerification: Sendable, Encodable {
    /// How many tenants were checked.
    package internal(set) var tenants = 0
    /// How many lines are whole.
    package internal(set) var lines = 0
    /// How many documents there are, expired ones included.
    package internal(set) var documents = 0
    /// How many bytes were read.
    package internal(set) var bytes = 0
    /// What is not as it should be, by tenant and offset.
    package internal(set) var findings: [StoreFinding] = []

    /// True when nothing is damaged or contradictory; a torn tail is what a crash leaves and harms nothing.
    package var isSound: Bool { findings.allSatisfy { $0.severity == .tornTail } }

    /// Checks the logs of a data folder without changing anything: every checksum, the order of the sequence numbers, every
    /// document, and the indexes against the documents. A host may be running; then its latest write may show as a torn tail.
    ///
    /// - Parameters:
    ///   - path: the data folder.
    ///   - tenants: which ones; nil for all.
    ///   - now: expired documents violate no unique index.
    ///   - disk: how files are read.
    /// - Throws: ``StoreError`` with `unavailable` when the folder cannot be read, and `notFound` for a tenant without a log.
    package init(
        ofFolder path: String,
        tenants: [TenantName]? = nil,
        now: Timestamp,
        disk: any Disk = SystemDisk()
    ) throws(StoreError) {
        let folder = DataFolder(path: path, disk: disk)
        try folder.openForReading()
        let known = try onDisk { () throws(DiskError) in try folder.tenants() }
        for tenant in tenants ?? known {
            guard known.contains(tenant) else {
                throw StoreError(.notFound, "The data folder '\(path)' has no tenant '\(tenant)'.")
            }
            try verify(tenant, folder, now)
        }
    }

    private mutating func verify(_ tenant: TenantName, _ folder: DataFolder, _ now: Timestamp) throws(StoreError) {
        let path = folder.log(of: tenant)
        guard let file = try onDisk({ () throws(DiskError) in try folder.disk.open(path, .read) }) else { return }
        self.tenants += 1
        bytes += try onDisk { () throws(DiskError) in try file.size() }
        var replay = LogReplay(file, tenant: tenant)
        var damage: LogReplay.Flaw?
        do throws(LogReplay.Failure) {
            try replay.run()
        } catch {
            switch error {
            case .disk(let error): throw error.storeError
            case .flaw(let flaw): damage = flaw
            }
        }
        func finding(_ severity: StoreFinding.Severity, _ offset: Int, _ reason: String) -> StoreFinding {
            StoreFinding(severity: severity, tenant: tenant.description, file: path, offset: offset, reason: reason)
        }
        lines += replay.lines
        if let damage {
            findings.append(finding(.damage, damage.offset, damage.reason))
            for flaw in try laterFlaws(file, after: damage.offset) {
                findings.append(finding(.damage, flaw.offset, flaw.reason))
            }
            return
        }
        if let tear = replay.tear { findings.append(finding(.tornTail, tear.offset, tear.reason)) }
        documents += replay.state.documentCount
        let contradictions = try replay.state.contradictions(at: now) { (record) throws(StoreError) in
            try onDisk { () throws(DiskError) in
                try file.readFully(at: record.location.offset, count: record.location.count)
            }
        }
        for found in contradictions {
            findings.append(finding(.inconsistency, found.location.offset, found.reason))
        }
    }

    /// The lines behind the first damage that are not whole either, so that one run shows everything.
    private func laterFlaws(_ file: any DiskFile, after offset: Int) throws(StoreError) -> [LogReplay.Flaw] {
        var reader = LogReader(file)
        var flaws: [LogReplay.Flaw] = []
        while let line = try onDisk({ () throws(DiskError) in try reader.next() }) {
            guard line.offset > offset else { continue }
            do throws(LogLineError) {
                _ = try LogLine(line.bytes)
            } catch {
                flaws.append(.init(offset: line.offset, reason: error.reason))
            }
        }
        return flaws
    }
}
