import FunctionKit

extension KeyVault {
    /// Sends a request, again after a pause when that may help, and reads the JSON object of the answer.
    ///
    /// - Throws: ``KeyVaultFailure`` naming the receiver and the status, never what was sent or received.
    func send(
        _ request: OutboundRequest,
        to receiver: String,
        whenRefused remedy: (Int) -> String
    ) async throws(KeyVaultFailure) -> JSONValue {
        var failure = KeyVaultFailure("\(receiver) was not asked.")
        for attempt in 1...Self.attemptsMax {
            switch await answer(to: request) {
            case .success(let response):
                let status = response.status.rawValue
                if response.status.isSuccess { return try await object(in: response, from: receiver) }
                failure = KeyVaultFailure("\(receiver) answers \(status). \(remedy(status))")
                guard status == 429 || status >= 500 else { throw failure }
            case .failure(let error):
                failure = KeyVaultFailure("\(receiver) cannot be reached (\(error.code)).")
            }
            guard attempt < Self.attemptsMax else { break }
            do {
                try await clock.sleep(for: .seconds(1 << (attempt - 1)))
            } catch {
                break
            }
        }
        throw failure
    }

    private func answer(to request: OutboundRequest) async -> Result<OutboundResponse, HTTPClientError> {
        do throws(HTTPClientError) {
            return .success(try await http.send(request))
        } catch {
            return .failure(error)
        }
    }

    private func object(in response: OutboundResponse, from receiver: String) async throws(KeyVaultFailure) -> JSONValue
    {
        do {
            let bytes = try await response.body.collect(upTo: 1 << 20)
            let root = try LenientJSON.parse(bytes)
            if root.members != nil { return root }
        } catch {
            // What went wrong inside the answer may quote it, so it stays here.
        }
        throw KeyVaultFailure("\(receiver) did not answer with a JSON object.")
    }
}

/// One token a resource, asked for once even when many secrets need it at the same time.
actor TokenCache {
    private let fetch: @Sendable (String) async throws(KeyVaultFailure) -> String
    private var pending: [String: Task<Result<String, KeyVaultFailure>, Never>] = [:]

    init(fetch: @escaping @Sendable (String) async throws(KeyVaultFailure) -> String) { self.fetch = fetch }

    func token(for resource: String) async throws(KeyVaultFailure) -> String {
        if let task = pending[resource] { return try await task.value.get() }
        // Unstructured, since the first caller's request serves the others too; it ends by the request's own timeouts.
        let task = Task { [fetch] () -> Result<String, KeyVaultFailure> in
            do throws(KeyVaultFailure) {
                return .success(try await fetch(resource))
            } catch {
                return .failure(error)
            }
        }
        pending[resource] = task
        return try await task.value.get()
    }
}
