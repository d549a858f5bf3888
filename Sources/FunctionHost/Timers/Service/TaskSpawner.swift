/// Begins a task that belongs to no caller. A parameter, so that a simulation can decide in which order the tasks of several
/// hosts take their steps.
package struct TaskSpawner: Sendable {
    private let begin: @Sendable (@escaping @Sendable () async -> Void) -> Task<Void, Never>

    /// Makes a spawner.
    package init(_ begin: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Task<Void, Never>) {
        self.begin = begin
    }

    /// Tasks on the concurrency pool.
    package static let pool = TaskSpawner { body in Task { await body() } }

    @discardableResult
    func callAsFunction(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> { begin(body) }
}
