import FoundationEssentials
import FunctionKit
import FunctionTesting

/// A PSA in memory that keeps to its contract, and misbehaves when a test says so.
final class FakePSA: HTTPClient {
    /// What happens to the next call instead of, or around, the proper answer.
    enum Trouble: Sendable {
        /// A `POST` is carried out, and its answer lost: what a crash or a broken connection looks like. Calls that only read,
        /// such as another tenant's at the same time, do not use it up.
        case answerLost
        /// Nobody is there.
        case down
        /// The timeout passes.
        case slow
        /// A status with header fields and a body.
        case status(HTTPStatus, HTTPFields, String)
    }

    struct Ticket: Sendable {
        var id: String
        var fields: [String: String]
    }

    private struct State {
        var tickets: [String: Ticket] = [:]
        var comments: [String: String] = [:]
        var troubles: [Trouble] = []
        var refuses: @Sendable (String) -> Trouble? = { _ in nil }
        var pages: [String: String] = [:]
        var requests: [OutboundRequest] = []
        var bodies: [String] = []
        var onRequest: (@Sendable () async throws -> Void)?

        mutating func takeTrouble(for method: HTTPMethod) -> Trouble? {
            guard let next = troubles.first else { return nil }
            if case .answerLost = next, method != .post { return nil }
            return troubles.removeFirst()
        }
    }

    private let state = LockedState(State())

    /// Troubles for the next calls, one each.
    func arrange(_ troubles: Trouble...) { state.withLock { $0.troubles += troubles } }

    /// Trouble for every call whose `METHOD path body` it recognises.
    func refuse(_ rule: @escaping @Sendable (String) -> Trouble?) { state.withLock { $0.refuses = rule } }

    /// What `GET changes` answers for a cursor; the empty text is the beginning.
    func page(since cursor: String, _ json: String) { state.withLock { $0.pages[cursor] = json } }

    /// Something that happens while the PSA works on the next request.
    func during(_ action: @escaping @Sendable () async throws -> Void) { state.withLock { $0.onRequest = action } }

    /// The tickets that the PSA made, by idempotency key.
    var tickets: [String: Ticket] { state.withLock { $0.tickets } }
    /// The comments that the PSA made, by idempotency key.
    var comments: [String: String] { state.withLock { $0.comments } }
    /// Every request, in order.
    var requests: [OutboundRequest] { state.withLock { $0.requests } }
    /// The bodies of the requests.
    var bodies: [String] { state.withLock { $0.bodies } }

    func send(_ request: OutboundRequest) async throws(HTTPClientError) -> OutboundResponse {
        do {
            let body = String(decoding: try await request.body.collect(upTo: .max), as: UTF8.self)
            let action = state.withLock { state in
                state.requests.append(request)
                state.bodies.append(body)
                defer { state.onRequest = nil }
                return state.onRequest
            }
            try await action?()
            return try answer(request, body)
        } catch let error as HTTPClientError {
            throw error
        } catch {
            throw HTTPClientError(.interrupted, "\(error)")
        }
    }

    private func answer(_ request: OutboundRequest, _ body: String) throws -> OutboundResponse {
        let path = String(request.url.dropFirst("https://psa.example/api".count))
        return try state.withLock { state in
            let rule = state.refuses("\(request.method) \(path) \(body)")
            let trouble = rule ?? state.takeTrouble(for: request.method)
            switch trouble {
            case .down: throw HTTPClientError(.unreachable, "Nobody answers at https://psa.example.")
            case .slow: throw HTTPClientError(.timedOut, "https://psa.example did not answer in time.")
            case .status(let status, let headers, let text):
                return OutboundResponse(status: status, headers: headers, body: HTTPBody(text))
            case .answerLost:
                _ = Self.perform(request, path, body, &state)
                throw HTTPClientError(.interrupted, "The connection to https://psa.example broke.")
            case nil: return Self.perform(request, path, body, &state)
            }
        }
    }

    private static func perform(
        _ request: OutboundRequest,
        _ path: String,
        _ body: String,
        _ state: inout State
    ) -> OutboundResponse {
        if request.method == .get {
            let cursor = path.firstMatch(of: #/[?&]since=([^&]*)/#).map { String($0.1) } ?? ""
            return .json(state.pages[cursor] ?? #"{"changes":[],"next_cursor":null,"has_more":false}"#)
        }
        guard let key = request.headers["Idempotency-Key"] else { return .json("{}", status: 400) }
        if path.hasSuffix("/comments") {
            let isNew = state.comments[key] == nil
            let id = state.comments[key] ?? "pc-\(state.comments.count + 1)"
            state.comments[key] = id
            return .json(#"{"id":"\#(id)"}"#, status: isNew ? 201 : 200)
        }
        let isNew = state.tickets[key] == nil
        let ticket = state.tickets[key] ?? Ticket(id: "pt-\(state.tickets.count + 1)", fields: [:])
        state.tickets[key] = ticket
        let text = #"{"id":"\#(ticket.id)","number":1001,"status":"open","updated_at":"2026-01-01T00:00:00Z"}"#
        return .json(text, status: isNew ? 201 : 200)
    }
}
