import CCurl
import FunctionKit

/// A running exchange: an easy handle of libcurl and what its callbacks need.
///
/// It lives on the loop's thread alone, from `init` to `deinit`. libcurl holds it as an unretained pointer; the loop keeps
/// it in its table for as long as the handle is in the multi handle, so the pointer never outlives it.
final class Transfer {
    let exchange: Exchange
    let request: PreparedRequest
    let limits: HTTPClientLimits
    let easy: UnsafeMutableRawPointer
    var head: ResponseHead
    var receivedBytes = 0
    /// What a callback found wrong; it explains why it broke the exchange off.
    var failure: HTTPClientError?
    var hasResponded = false
    /// Whether the response's headers are there and its task has not heard of it.
    private var isUnanswered = false
    private let unanswered: UnansweredTransfers
    /// Which directions wait, as `CURLPAUSE_…` bits.
    var pausedDirections: Int32 = 0
    var attempts = 0
    let upload: Upload?
    private var headerList: UnsafeMutablePointer<curl_slist>?

    /// Sets the handle up; nil when libcurl has no memory or refuses an option.
    init?(_ request: PreparedRequest, _ exchange: Exchange, loop: TransferLoop, unanswered: UnansweredTransfers) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.request = request
        self.exchange = exchange
        self.unanswered = unanswered
        limits = loop.limits
        head = ResponseHead(bytesMax: loop.limits.responseHeaderBytesMax)
        if case .stream(let length, let source) = request.content {
            let id = exchange.id
            upload = Upload(length: length, source: source, origin: request.origin) { [weak loop] in
                loop?.post(.resumeSending(id))
            }
        } else {
            upload = nil
        }
        var options = EasyOptions(easy: easy)
        options.setFixed(isSecure: request.origin.isSecure, certificateAuthorities: loop.certificateAuthorities)
        setRequest(&options)
        setCallbacks(&options)
        guard options.result == CURLE_OK else { return nil }
    }

    deinit {
        upload?.close()
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
    }

    /// When the exchange has taken too long in the state it is in.
    var deadline: ContinuousClock.Instant { hasResponded ? request.totalDeadline : request.firstByteDeadline }

    // MARK: The answer

    /// Notes that the headers are there. Their task hears of it when libcurl has done what it can do now: most bodies are there by
    /// then, and go on as bytes and not chunk by chunk.
    func headIsThere() {
        hasResponded = true
        isUnanswered = true
        unanswered.transfers.append(self)
    }

    /// Hands the response to its task with a body that is read as it comes.
    func answer() {
        guard isUnanswered else { return }
        isUnanswered = false
        var body = HTTPBody.empty
        if head.hasBody(answering: request.method) {
            let reader = ResponseBodyReader(exchange)
            body = HTTPBody(length: head.contentLength) { try await reader.next() }
        }
        exchange.respond(OutboundResponse(status: head.status, headers: head.headers, body: body))
    }

    /// Hands the response to its task with the body that is there, which is the whole.
    func answerWhole() {
        guard isUnanswered else { return }
        isUnanswered = false
        exchange.respondWhole(head.status, head.headers)
    }

    private func setRequest(_ options: inout EasyOptions) {
        options.set(CURLOPT_URL, request.url)
        setMethodAndContent(&options)
        let hasAll = request.headers.allSatisfy { line in
            guard let list = curl_slist_append(headerList, line) else { return false }
            headerList = list
            return true
        }
        guard hasAll else {
            options.result = CURLE_OUT_OF_MEMORY
            return
        }
        options.set(CURLOPT_HTTPHEADER, list: headerList)
        guard let signature = request.signature else { return }
        options.set(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
        options.set(CURLOPT_USERNAME, signature.accessKeyID)
        options.set(CURLOPT_PASSWORD, signature.secretAccessKey)
    }

    private func setMethodAndContent(_ options: inout EasyOptions) {
        switch request.content {
        case .none where request.method == .get:
            options.set(CURLOPT_HTTPGET, 1)
        case .none where request.method == .head:
            options.set(CURLOPT_NOBODY, 1)
        case .none where request.sendsContent:
            // With a length of zero.
            options.setBytes([])
            options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .none:
            options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .bytes(let bytes):
            options.setBytes(bytes)
            options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .stream(let length, _):
            options.set(CURLOPT_UPLOAD, 1)
            options.set(CURLOPT_INFILESIZE_LARGE, size: length ?? -1)
            options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
    }
}

/// The transfers whose headers have come since the loop last looked.
final class UnansweredTransfers {
    var transfers: [Transfer] = []
}
