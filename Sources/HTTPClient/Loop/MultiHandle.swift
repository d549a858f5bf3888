import CCurl
import CLinux
import Glibc

/// libcurl's multi handle, and the descriptors with which its loop waits.
///
/// It is used by the loop's thread alone, but for ``wake()``, which writes to a descriptor and may be called from any thread as long as
/// that is open: ``TransferLoop`` calls it under its lock and never after the stop that lets the thread close it.
struct MultiHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    /// The epoll instance.
    let epoll: CInt
    /// An eventfd that ends a wait.
    let wakeUp: CInt

    /// libcurl must be initialised once for the process before any other call.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Makes a handle; nil when libcurl cannot be initialised, or there is no memory or no descriptor left.
    init?(limits: HTTPClientLimits) {
        guard Self.isLibraryReady, let multi = curl_multi_init() else { return nil }
        pointer = multi
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard epoll >= 0, wakeUp >= 0 else {
            free()
            return nil
        }
        _ = ccurl_multi_set_number(multi, CURLMOPT_MAXCONNECTS, limits.idleConnectionsMax)
        _ = ccurl_multi_set_number(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    /// Ends the wait of the loop's thread, or the next one if it does not wait now.
    func wake() { eventfd_write(wakeUp, 1) }

    /// Closes everything; nobody uses the handle after that.
    func free() {
        curl_multi_cleanup(pointer)
        for descriptor in [epoll, wakeUp] where descriptor >= 0 { close(descriptor) }
    }
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
            TransferRunner(loop: start.loop, handle: start.handle).run()
            return nil
        },
        start.toOpaque()
    )
    guard code == 0 else {
        start.release()
        handle.free()
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
