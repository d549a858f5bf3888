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
        /// The hint file is damaged or stale. It is not used then, and made anew.
        case uselessHint = "useless_hint"
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

    /// True when nothing is damaged or contradictory; a torn tail or a useless hint file is what a crash leaves and harms
    /// nothing.
    package var isSound: Bool { findings.allSatisfy { $0.severity == .tornTail || $0.severity == .uselessHint } }

    /// Checks the logs of a data folder without changing anything: every checksum, the order of the sequence numbers, every
    /// document, the indexes against the documents, and the hint file against the log. A host may be running; then its latest
    /// write may show as a torn tail.
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
        self.tenants += 1
        let listing = try onDisk { () throws(DiskError) in try folder.segments(of: tenant) }
        for range in listing.ranges {
            bytes += try onDisk { () throws(DiskError) in
                try folder.disk.open(folder.segment(range, of: tenant), .read)?.size() ?? 0
            }
        }
        let access = LogAccess(
            folder: folder,
            handles: FileHandles(disk: folder.disk, countMax: nil),
            logger: nil,
            isReadOnly: true
        )
        guard let log = try open(tenant, access, usesHint: false) else { return }
        lines += log.lines
        if let tear = log.tear { add(.tornTail, tenant, tear) }
        documents += log.state.documentCount
        try check(log, tenant, now)
        if listing.hasHint { try checkHint(log, tenant, access, now) }
    }

    private mutating func add(_ severity: StoreFinding.Severity, _ tenant: TenantName, _ flaw: LogFlaw) {
        findings.append(
            StoreFinding(
                severity: severity,
                tenant: tenant.description,
                file: flaw.path,
                offset: flaw.offset,
                reason: flaw.reason
            )
        )
    }

    private mutating func open(
        _ tenant: TenantName,
        _ access: LogAccess,
        usesHint: Bool
    ) throws(StoreError) -> OpenedLog? {
        do throws(LogReadFailure) {
            return try OpenedLog(tenant, access, usesHint: usesHint)
        } catch {
            switch error {
            case .disk(let error): throw error.storeError
            case .store(let error): throw error
            case .flaw(let flaw):
                add(.damage, tenant, flaw)
                for later in try laterFlaws(flaw, access) { add(.damage, tenant, later) }
                return nil
            }
        }
    }

    private mutating func check(_ log: OpenedLog, _ tenant: TenantName, _ now: Timestamp) throws(StoreError) {
        let files = log.files
        let contradictions = try log.state.contradictions(at: now) { (record) throws(StoreError) in
            try files.body(record.location)
        }
        for found in contradictions {
            let segment = log.segments.first { $0.file.number == found.location.file }
            add(
                .inconsistency,
                tenant,
                LogFlaw(path: segment?.file.path ?? "", offset: found.location.offset, reason: found.reason)
            )
        }
    }

    /// Opens the tenant once more as a start would, and compares.
    private mutating func checkHint(
        _ log: OpenedLog,
        _ tenant: TenantName,
        _ access: LogAccess,
        _ now: Timestamp
    ) throws(StoreError) {
        guard let hinted = try open(tenant, access, usesHint: true) else { return }
        let path = access.folder.hint(of: tenant)
        guard hinted.hintedBytes > 0 else {
            return add(
                .uselessHint,
                tenant,
                LogFlaw(
                    path: path,
                    offset: 0,
                    reason: "it is damaged or belongs to other files; the next start makes it anew"
                )
            )
        }
        try check(hinted, tenant, now)
        // Unless a host has written in between.
        if hinted.state.lastSequence == log.state.lastSequence, !hinted.state.holdsTheSame(as: log.state) {
            add(
                .inconsistency,
                tenant,
                LogFlaw(
                    path: path,
                    offset: 0,
                    reason: "the documents that it leads to are not those of the log; remove the file"
                )
            )
        }
    }

    /// The lines behind the first damage in its file that are not whole either, so that one run shows everything.
    private func laterFlaws(_ flaw: LogFlaw, _ access: LogAccess) throws(StoreError) -> [LogFlaw] {
        guard let file = try onDisk({ () throws(DiskError) in try access.folder.disk.open(flaw.path, .read) }) else {
            return []
        }
        var reader = LogReader(file)
        var flaws: [LogFlaw] = []
        while let line = try onDisk({ () throws(DiskError) in try reader.next() }) {
            guard line.offset > flaw.offset else { continue }
            do throws(LogLineError) {
                _ = try LogLine(line.bytes)
            } catch {
                flaws.append(LogFlaw(path: flaw.path, offset: line.offset, reason: error.reason))
            }
        }
        return flaws
    }
}

extension PartitionState {
    /// True when both hold the same versions of the same documents at the same places.
    fileprivate func holdsTheSame(as other: PartitionState) -> Bool {
        var isSame = documentCount == other.documentCount && liveBytes == other.liveBytes
        forEachRecord { key, record in
            guard isSame else { return }
            let twin = other.heldRecord(key)
            isSame =
                twin?.revision == record.revision && twin?.createdAt == record.createdAt
                && twin?.updatedAt == record.updatedAt && twin?.expiresAt == record.expiresAt
                && twin?.location.offset == record.location.offset
                && twin?.location.checksum == record.location.checksum
        }
        return isSame
    }
}
