import FunctionKit

extension KeyVault {
    /// Sends a request, again after a pause when that may help, and reads the answer.
    ///
    /// - Throws: ``KeyVaultFailure`` naming the receiver, never what was sent or received.
    func send(_ request: OutboundRequest, to receiver: String) async throws(KeyVaultFailure) -> KeyVaultAnswer {
        var attempt = 1
        while true {
            let pause: Duration
            switch await answer(to: request) {
            case .success(let response) where response.status.isSuccess:
                return .object(try await object(in: response, from: receiver))
            case .success(let response):
                let refusal = await KeyVaultRefusal(response)
                guard refusal.isTransient, attempt < Self.attemptsMax else { return .refused(refusal) }
                pause = min(max(Self.pause(after: attempt), refusal.retryAfter ?? .zero), Self.retryAfterMax)
            case .failure(let error) where error.code == .tooLarge:
                throw KeyVaultFailure("\(receiver) sends more than \(Self.answerBytesMax) bytes.")
            case .failure(let error):
                guard attempt < Self.attemptsMax else {
                    throw KeyVaultFailure("\(receiver) cannot be reached (\(error.code)).")
                }
                pause = Self.pause(after: attempt)
            }
            do {
                try await clock.sleep(for: pause)
            } catch {
                throw KeyVaultFailure("\(receiver) was not asked again, because the host stops.")
            }
            attempt += 1
        }
    }

    /// 1 s after the first attempt, 2 s after the second.
    private static func pause(after attempt: Int) -> Duration { .seconds(1 << (attempt - 1)) }

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
