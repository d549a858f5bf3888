import CCurl
import CLinux
import FunctionKit
import Glibc

/// What libcurl waits for: its sockets, in an epoll instance, and the moment at which it wants to be called whatever happens.
///
/// libcurl tells of both by the callbacks of its multi interface, so that a turn of the loop costs what has happened and not what is
/// open. It belongs to the loop's thread and lives until the multi handle is freed, whose callbacks have it as their context.
final class SocketEvents {
    private let handle: MultiHandle
    private var events = [epoll_event](repeating: epoll_event(), count: 64)
    private var callAt: ContinuousClock.Instant?

    /// Waits for a multi handle.
    init(_ handle: MultiHandle) {
        self.handle = handle
        control(EPOLL_CTL_ADD, handle.wakeUp, EPOLLIN.rawValue)
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = ccurl_multi_on_socket(handle.pointer, context) { _, socket, interest, context, known in
            SocketEvents.from(context)?.watch(socket, interest, isKnown: known != nil)
            return 0
        }
        _ = ccurl_multi_on_timer(handle.pointer, context) { _, milliseconds, context in
            SocketEvents.from(context)?.callAt = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
            return 0
        }
    }

    /// Lets libcurl work if its moment has come.
    func callIfDue() {
        guard let moment = callAt, moment <= .now else { return }
        callAt = nil
        act(CURL_SOCKET_TIMEOUT, 0)
    }

    /// Waits until something happens, until libcurl's moment, or until a deadline; then lets libcurl do what it can.
    func wait(until deadline: ContinuousClock.Instant?) {
        let moment = [callAt, deadline].compactMap { $0 }.min()
        let count = Int(epoll_wait(handle.epoll, &events, CInt(events.count), Self.milliseconds(until: moment)))
        for place in 0..<max(count, 0) {
            let (socket, flags) = (events[place].data.fd, events[place].events)
            if socket == handle.wakeUp {
                var value: eventfd_t = 0
                eventfd_read(handle.wakeUp, &value)
            } else {
                act(socket, Self.action(flags))
            }
        }
    }

    private func act(_ socket: curl_socket_t, _ action: CInt) {
        var running: CInt = 0
        _ = curl_multi_socket_action(handle.pointer, socket, action, &running)
    }

    /// Rounded up, so that the moment has passed then.
    private static func milliseconds(until moment: ContinuousClock.Instant?) -> CInt {
        guard let moment else { return -1 }
        let left = ContinuousClock.now.duration(to: moment)
        guard left > .zero else { return 0 }
        return CInt(clamping: left.wholeMilliseconds &+ 1)
    }

    private static func action(_ flags: UInt32) -> CInt {
        var action: CInt = 0
        if flags & EPOLLIN.rawValue != 0 { action |= CURL_CSELECT_IN }
        if flags & EPOLLOUT.rawValue != 0 { action |= CURL_CSELECT_OUT }
        if flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { action |= CURL_CSELECT_ERR }
        return action
    }

    // MARK: libcurl's wishes

    private static func from(_ context: UnsafeMutableRawPointer?) -> SocketEvents? {
        context.map { Unmanaged<SocketEvents>.fromOpaque($0).takeUnretainedValue() }
    }

    private func watch(_ socket: curl_socket_t, _ interest: CInt, isKnown: Bool) {
        guard interest != CURL_POLL_REMOVE else { return control(EPOLL_CTL_DEL, socket, 0) }
        var flags: UInt32 = 0
        if interest & CURL_POLL_IN != 0 { flags |= EPOLLIN.rawValue }
        if interest & CURL_POLL_OUT != 0 { flags |= EPOLLOUT.rawValue }
        // One that the system has no memory to watch ends with its deadline.
        control(isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, flags)
        // Any pointer but null tells the next call that the socket is known; libcurl forgets it together with the socket.
        if !isKnown { curl_multi_assign(handle.pointer, socket, handle.pointer) }
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ flags: UInt32) {
        var event = epoll_event(events: flags, data: epoll_data_t(fd: descriptor))
        epoll_ctl(handle.epoll, operation, descriptor, &event)
    }
}
