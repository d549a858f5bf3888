import FunctionKit

/// What the victims have said so far, by tenant, and what was wrong with it.
struct History: Sendable {
    private(set) var tenants: [String: TenantHistory] = [:]
    private(set) var problems: [String] = []

    /// How many commits were acknowledged.
    var acknowledgements: Int { tenants.values.reduce(0) { $0 + $1.acknowledgements } }
    /// How many commits have no answer.
    var unanswered: Int { tenants.values.reduce(0) { $0 + $1.unanswered } }

    /// Takes in one line of a victim.
    mutating func take(_ report: Report) {
        switch report {
        case .starting, .opened: break
        case .begun(let operation): tenants[operation.tenant, default: TenantHistory()].begin(operation)
        case .acknowledged(let tenant, let name, let revision):
            let problem = tenants[tenant, default: TenantHistory()].acknowledge(name, revision)
            if let problem { problems.append("\(tenant): \(problem)") }
        case .refused(let tenant, let name): tenants[tenant]?.refuse(name)
        case .declaring(let tenant, let variant): tenants[tenant]?.declare(variant, isDone: false)
        case .declared(let tenant, let variant): tenants[tenant]?.declare(variant, isDone: true)
        case .failed(let reason): problems.append("the victim failed: \(reason)")
        }
    }

    /// Compares one tenant with what was found of it.
    mutating func compare(_ tenant: String, _ found: FoundTenant) {
        var history = tenants[tenant, default: TenantHistory()]
        problems += history.compare(found.documents, readAt: found.times).map { "\(tenant): \($0)" }
        if !history.variants.isEmpty, !found.variant.map(history.variants.contains, or: false) {
            problems.append("\(tenant): the indexes of items are not those that were declared")
        }
        tenants[tenant] = history
    }

    mutating func add(_ problems: [String]) { self.problems += problems }
}

/// A tenant as it was read after a crash.
struct FoundTenant: Sendable {
    /// By collection and id.
    var documents: [String: FoundDocument] = [:]
    /// When the reading began and ended.
    var times: ClosedRange<Timestamp>
    /// Which of the schemas `items` has; nil for none of them.
    var variant: Int?
}

extension Optional {
    fileprivate func map<Result>(_ body: (Wrapped) -> Result, or other: Result) -> Result { map(body) ?? other }
}
