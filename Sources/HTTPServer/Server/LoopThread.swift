import CLinux
import Glibc

/// Starts the thread of an event loop.
///
/// The reference to the loop crosses into the thread as an unmanaged pointer that is retained here and released there.
enum LoopThread {
    static func start(_ loop: EventLoop) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(loop).toOpaque()
        let result = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument else { return nil }
                postern_name_thread("http-loop")
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            argument
        )
        pthread_attr_destroy(&attributes)
        if result != 0 { Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().exitUnstarted() }
    }
}
