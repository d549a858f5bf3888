package import FunctionKit

/// Outbound HTTP on libcurl: one thread for all exchanges, connections reused, HTTP/2 over TLS where the server speaks it.
///
/// libcurl is initialised and the thread started by the first request. Redirects are not followed; cookies, `.netrc` and
/// proxies of the environment are ignored; content codings are passed on undecoded. A reused connection that turns out
/// dead before any byte of the response is replaced once by libcurl for methods that RFC 9110 calls idempotent, and for
/// those only: a POST is never sent twice.
package final class CurlHTTPClient: HTTPClientEngine {
    private let loop: TransferLoop

    /// Makes a client; nothing is opened before the first request.
    ///
    /// - Parameters:
    ///   - limits: the bounds.
    ///   - certificateAuthorities: a PEM file of the authorities to trust instead of the system's.
    package init(limits: HTTPClientLimits, certificateAuthorities: String? = nil) {
        loop = TransferLoop(limits: limits, certificateAuthorities: certificateAuthorities)
    }

    /// Makes a client with the default bounds and the system's certificate authorities.
    package convenience init() { self.init(limits: HTTPClientLimits()) }

    deinit { loop.requestStop() }

    /// Sends one request and returns when the response's headers are there.
    ///
    /// A response whose body is not read is ended when the last reference to its body goes.
    package func send(_ request: OutboundRequest) async throws(HTTPClientError) -> OutboundResponse {
        let prepared = try await PreparedRequest(request, limits: loop.limits)
        let exchange = Exchange(origin: prepared.origin, loop: loop)
        let result = await withTaskCancellationHandler {
            await exchange.response {
                loop.submit(prepared, exchange)
                // A cancellation that came before the submission found nothing to end.
                if Task.isCancelled { exchange.cancel() }
            }
        } onCancel: {
            exchange.cancel()
        }
        return try result.get()
    }

    /// Ends every exchange with ``HTTPClientError/Code/closed``, closes the connections and ends the thread; later requests
    /// are refused with the same code. Returns when all of it is done.
    package func close() async { await loop.stop() }

    /// How many connections have been opened so far.
    package var connectionsOpened: Int { loop.connectionsOpened }
}
