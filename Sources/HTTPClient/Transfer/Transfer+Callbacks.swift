import CCurl
import FunctionKit

extension Transfer {
    /// Points libcurl to the functions below, with this transfer as their context.
    func setCallbacks(_ options: inout EasyOptions) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        options.set(CURLOPT_PRIVATE, pointer: context)
        options.set(CURLOPT_HEADERDATA, pointer: context)
        options.set(CURLOPT_WRITEDATA, pointer: context)
        options.set(CURLOPT_READDATA, pointer: context)
        options.set(CURLOPT_PREREQDATA, pointer: context)
        options.keep(
            ccurl_set_sink(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                Transfer.from(context)?.receiveHeader(Transfer.buffer(bytes, size * count)) ?? 0
            }
        )
        options.keep(
            ccurl_set_sink(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                Transfer.from(context)?.receiveBody(Transfer.buffer(bytes, size * count)) ?? 0
            }
        )
        options.keep(
            ccurl_set_source(easy) { bytes, size, count, context in
                Transfer.from(context)?.sendBody(.init(start: bytes, count: size * count))
                    ?? Int(CURL_READFUNC_ABORT)
            }
        )
        options.keep(
            ccurl_set_prerequest(easy) { context, _, _, _, _ in
                Transfer.from(context)?.mayBeSent() == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }
        )
    }

    /// The transfer behind a pointer that ``setCallbacks(_:)`` gave to libcurl.
    static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func buffer(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeRawBufferPointer(start: bytes, count: count).assumingMemoryBound(to: UInt8.self)
    }

    /// libcurl sends a request again over a fresh connection when a reused one was dead. That is safe only for methods that
    /// may be repeated (RFC 9110, section 9.2.2).
    private func mayBeSent() -> Bool {
        attempts += 1
        let isIdempotent = request.method.isSafe || request.method == .put || request.method == .delete
        return attempts == 1 || isIdempotent
    }

    /// Takes a header line; any other answer than its size breaks the exchange off.
    private func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        switch head.take(line.span) {
        case .incomplete:
            return line.count
        case .complete:
            return respond() ? line.count : 0
        case .tooLarge:
            let limit = limits.responseHeaderBytesMax
            failure = HTTPClientError(
                .interrupted,
                "\(request.origin) answered with a header section of more than \(limit) bytes."
            )
        case .unwantedUpgrade:
            failure = HTTPClientError(.interrupted, "\(request.origin) switched to another protocol unasked.")
        }
        return 0
    }

    private func respond() -> Bool {
        let hasBody = head.hasBody(answering: request.method)
        let length = hasBody ? head.contentLength : 0
        guard length ?? 0 <= request.responseBytesMax else {
            failure = tooLarge
            return false
        }
        headIsThere()
        // To an error, libcurl sends nothing more, but a transfer whose sending is paused does not end (7.88). One that goes on
        // asks for bytes again.
        if pausedDirections & CURLPAUSE_SEND != 0 { exchange.resumeSending() }
        return true
    }

    private func receiveBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard receivedBytes + bytes.count <= request.responseBytesMax else {
            failure = tooLarge
            return 0
        }
        guard exchange.receive(bytes, unreadBytesMax: limits.unreadBytesMax) else {
            pausedDirections |= CURLPAUSE_RECV
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        receivedBytes += bytes.count
        return bytes.count
    }

    private func sendBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch upload?.read(into: buffer) ?? .end {
        case .bytes(let count):
            return count
        case .end:
            return 0
        case .wait:
            pausedDirections |= CURLPAUSE_SEND
            return Int(CURL_READFUNC_PAUSE)
        case .failed(let error):
            failure = error
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private var tooLarge: HTTPClientError {
        HTTPClientError(
            .tooLarge,
            "\(request.origin) answered with a body of more than \(request.responseBytesMax) bytes."
        )
    }
}
