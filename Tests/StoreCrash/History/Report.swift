import FunctionKit

/// One line that the victim tells the driver.
enum Report: Sendable, Hashable {
    /// The process runs and is about to open the folder.
    case starting
    /// The folder is open; tenants are opened by their first use.
    case opened
    /// A commit is about to be asked for.
    case begun(Operation)
    /// The commit was acknowledged.
    case acknowledged(tenant: String, name: String, revision: Int64)
    /// The commit was refused by one of its conditions; nothing of it may be there.
    case refused(tenant: String, name: String)
    /// The indexes of `items` are about to be declared in one of their variants.
    case declaring(tenant: String, variant: Int)
    /// They were declared.
    case declared(tenant: String, variant: Int)
    /// Something happened that never should.
    case failed(String)

    /// The line, without its end.
    var line: String {
        switch self {
        case .starting: "starting"
        case .opened: "opened"
        case .begun(let operation):
            "begun \(operation.name) \(operation.tenant) " + operation.writes.map(\.text).joined(separator: " ")
        case .acknowledged(let tenant, let name, let revision): "acknowledged \(name) \(tenant) \(revision)"
        case .refused(let tenant, let name): "refused \(name) \(tenant)"
        case .declaring(let tenant, let variant): "declaring \(tenant) \(variant)"
        case .declared(let tenant, let variant): "declared \(tenant) \(variant)"
        case .failed(let reason): "failed \(reason)"
        }
    }

    init?(_ line: String) {
        let words = line.split(separator: " ")
        switch (words.first, words.count) {
        case ("starting", 1): self = .starting
        case ("opened", 1): self = .opened
        case ("begun", 4...):
            let writes = words[3...].compactMap { Operation.Write($0) }
            guard writes.count == words.count - 3 else { return nil }
            self = .begun(Operation(name: String(words[1]), tenant: String(words[2]), writes: writes))
        case ("acknowledged", 4):
            guard let revision = Int64(words[3]) else { return nil }
            self = .acknowledged(tenant: String(words[2]), name: String(words[1]), revision: revision)
        case ("refused", 3): self = .refused(tenant: String(words[2]), name: String(words[1]))
        case ("declaring", 3), ("declared", 3):
            guard let variant = Int(words[2]) else { return nil }
            let tenant = String(words[1])
            self =
                words[0] == "declared"
                ? .declared(tenant: tenant, variant: variant) : .declaring(tenant: tenant, variant: variant)
        case ("failed", 2...): self = .failed(words.dropFirst().joined(separator: " "))
        default: return nil
        }
    }
}
