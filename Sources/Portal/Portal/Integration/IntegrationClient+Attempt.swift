import FoundationEssentials
import FunctionKit

extension IntegrationClient {
    /// What one attempt came to.
    enum Outcome {
        /// A 2xx with its body.
        case answer([UInt8])
        /// Trying again does not help.
        case failed(IntegrationError)
        /// Trying again may help, after this time if the peer named one.
        case again(IntegrationError, after: Duration?)
    }

    /// The most bytes of an error's text that are kept.
    static let reasonBytesMax = 300

    func attempt(_ call: Call, timeout: Duration) async -> Outcome {
        do throws(HTTPClientError) {
            let response = try await app.http.send(request(call, timeout: timeout))
            return await outcome(of: response, call)
        } catch {
            return outcome(of: error, call)
        }
    }

    private func request(_ call: Call, timeout: Duration) -> OutboundRequest {
        var request = OutboundRequest(
            method: call.method,
            url: call.url,
            headers: ["Authorization": "Bearer \(peer.key.revealed)", "Accept": "application/json"],
            firstByteTimeout: min(policy.firstByteTimeout, timeout),
            totalTimeout: timeout,
            responseBytesMax: policy.responseBytesMax
        )
        if let body = call.body {
            request.headers["Content-Type"] = "application/json"
            request.body = HTTPBody(body)
        }
        if let key = call.idempotencyKey { request.headers["Idempotency-Key"] = key }
        return request
    }

    private func outcome(of response: OutboundResponse, _ call: Call) async -> Outcome {
        let bytes: [UInt8]
        do {
            bytes = try await response.body.collect(upTo: policy.responseBytesMax)
        } catch let error as HTTPClientError {
            return outcome(of: error, call)
        } catch {
            return .failed(IntegrationError(.oddAnswer, "\(name(call)) was answered with too many bytes."))
        }
        let status = response.status
        switch status.rawValue {
        case 200...299: return .answer(bytes)
        case 401, 403:
            let text = "\(name(call)) was answered with \(status.rawValue): the service key is not accepted."
            return .failed(IntegrationError(.unauthorized, text))
        case 408, 425, 429, 500...599:
            let text = "\(name(call)) was answered with \(status.rawValue)."
            return .again(IntegrationError(.unavailable, text), after: retryAfter(response))
        case 400...499:
            let text = "\(name(call)) was answered with \(status.rawValue)\(reason(bytes))"
            return .failed(IntegrationError(.rejected(status), text))
        default:
            let text = "\(name(call)) was answered with \(status.rawValue), which is no answer of this API."
            return .failed(IntegrationError(.oddAnswer, text))
        }
    }

    private func outcome(of error: HTTPClientError, _ call: Call) -> Outcome {
        switch error.code {
        case .cancelled: .failed(cancelled(call))
        case .invalidRequest: .failed(IntegrationError(.unauthorized, "\(name(call)): \(error.description)"))
        case .tooLarge: .failed(IntegrationError(.oddAnswer, "\(name(call)): \(error.description)"))
        default: .again(IntegrationError(.unavailable, "\(name(call)): \(error.description)"), after: nil)
        }
    }

    /// Seconds or an HTTP date (RFC 9110, section 10.2.3); nil when the field is absent or neither.
    private func retryAfter(_ response: OutboundResponse) -> Duration? {
        guard let text = response.headers["Retry-After"] else { return nil }
        if let seconds = UInt32(text) { return .seconds(Int64(seconds)) }
        return HTTPDate.parse(text).map { max($0 - app.clock.now, .zero) }
    }

    /// What the peer says about the record, without control characters, without our key, and bounded.
    private func reason(_ bytes: [UInt8]) -> String {
        guard let answer = try? JSONDecoder().decode(PeerError.self, from: Data(bytes)), let text = answer.message
        else {
            return "."
        }
        let clean = singleLine(text.replacing(peer.key.revealed, with: "<secret>"))
        return ": \(clean.prefix(Self.reasonBytesMax))"
    }
}

/// The forms in which programs say what is wrong: `{"error": {"message"}}`, `{"error": "…"}`, `{"message": "…"}`.
private struct PeerError: Decodable {
    var message: String?

    private enum CodingKeys: String, CodingKey { case error, message }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try? fields.decode(String.self, forKey: .error) {
            message = text
        } else if let nested = try? fields.nestedContainer(keyedBy: CodingKeys.self, forKey: .error) {
            message = try? nested.decode(String.self, forKey: .message)
        }
        if message == nil { message = try? fields.decode(String.self, forKey: .message) }
    }
}
