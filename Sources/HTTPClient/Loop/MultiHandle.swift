import CCurl
import Glibc

/// libcurl's multi handle.
///
/// It is used by the loop's thread alone, but for ``wake()``, which libcurl allows from any thread while the handle lives;
/// ``TransferLoop`` calls it under its lock and never after the stop that lets the thread free the handle.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer

    /// libcurl must be initialised once for the process before any other call.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Makes a handle; nil when libcurl cannot be initialised or has no memory.
    init?(limits: HTTPClientLimits) {
        guard Self.isLibraryReady, let multi = curl_multi_init() else { return nil }
        pointer = multi
        _ = ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, limits.idleConnectionsMax)
        _ = ccurl_multi_set_number(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    /// Ends the wait of the loop's thread, or the next one if it does not wait now.
    func wake() { _ = curl_multi_wakeup(pointer) }
}

/// Starts the thread of a loop; false when the system has none left.
func startLoopThread(loop: TransferLoop, handle: MultiHandle) -> Bool {
    final class Start: Sendable {
        let loop: TransferLoop
        let handle: MultiHandle
        init(_ loop: TransferLoop, _ handle: MultiHandle) { (self.loop, self.handle) = (loop, handle) }
    }
    let start = Unmanaged.passRetained(Start(loop, handle))
    var thread = pthread_t()
    let code = pthread_create(
        &thread,
        nil,
        { context in
            guard let context else { return nil }
            let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
            blockSignals()
            TransferRunner(loop: start.loop, multi: start.handle.pointer).run()
            return nil
        },
        start.toOpaque()
    )
    guard code == 0 else {
        start.release()
        curl_multi_cleanup(handle.pointer)
        return false
    }
    pthread_detach(thread)
    return true
}

/// Signals belong to the host's own threads. SIGPIPE above all: OpenSSL writes without MSG_NOSIGNAL, and a connection that
/// the server closed must be an error of that exchange and not the end of the process.
private func blockSignals() {
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_SETMASK, &signals, nil)
}
