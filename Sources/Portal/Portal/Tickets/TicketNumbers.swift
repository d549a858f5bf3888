public import FunctionKit

/// Hands out a tenant's running ticket numbers: each once, in all functions and processes, ascending.
///
/// The last number stands in the tenant's `settings`. Callers who come while a number is being taken are served together
/// by the next write, so that many new tickets at once cost few writes and do not fight for the document. A number is lost
/// when the ticket that it was meant for is not written in the end.
public actor TicketNumbers {
    private typealias Waiter = CheckedContinuation<Int64, any Error>

    /// Those who wait, by tenant; a tenant has an entry while somebody takes numbers for it.
    private var waiters: [TenantName: [Waiter]] = [:]

    /// Makes a source of numbers.
    public init() {}

    /// The tenant's next number.
    ///
    /// - Throws: ``FunctionKit/StoreError`` when the store fails.
    public func next(in store: TenantStore) async throws -> TicketNumber {
        if waiters[store.name] == nil {
            waiters[store.name] = []
            let result = await Self.take(1, in: store)
            // Unstructured, because the first caller must not wait for those who came after it.
            Task { await serveWaiters(in: store) }
            return TicketNumber(try result.get())
        }
        let number = try await withCheckedThrowingContinuation { waiters[store.name, default: []].append($0) }
        return TicketNumber(number)
    }

    /// Serves whoever came meanwhile, and again those who came during that, until nobody waits.
    private func serveWaiters(in store: TenantStore) async {
        while let group = waiters[store.name], !group.isEmpty {
            waiters[store.name] = []
            let result = await Self.take(group.count, in: store)
            for (position, waiter) in group.enumerated() {
                waiter.resume(with: result.map { $0 + Int64(position) })
            }
        }
        waiters[store.name] = nil
    }

    /// Takes `count` numbers and returns the first. Imported tickets may have greater numbers than the stored one.
    private static func take(_ count: Int, in store: TenantStore) async -> Result<Int64, any Error> {
        // Detached from the caller: its cancellation must not fail the others, who wait for the same write.
        await Task {
            do {
                let greatest = try await greatestNumber(in: store)
                let first = try await store.transaction { transaction in
                    let stored = try await transaction.get("ticket_numbers", from: .ticketCounter)
                    let first = max(stored?.last ?? 0, greatest) + 1
                    let counter = TicketCounter(last: first + Int64(count) - 1)
                    try transaction.upsert(counter, id: "ticket_numbers", in: .ticketCounter)
                    return first
                }
                return .success(first)
            } catch {
                return .failure(error)
            }
        }.value
    }

    private static func greatestNumber(in store: TenantStore) async throws -> Int64 {
        let page = try await store.collection(.tickets).page(
            index: "by_number",
            lower: .init(.number(0)),
            upper: .init(.number(0x1p53)),
            order: .descending,
            limit: 1
        )
        return page.items.first?.number?.integer ?? 0
    }
}

/// The last ticket number that was handed out: the document `ticket_numbers` of the tenant's `settings`.
struct TicketCounter: Codable, Sendable {
    var last: Int64
}

extension CollectionDefinition where Document == TicketCounter {
    static var ticketCounter: CollectionDefinition<TicketCounter> { ticketCounterDefinition }
}

private let ticketCounterDefinition = CollectionDefinition<TicketCounter>("settings")
