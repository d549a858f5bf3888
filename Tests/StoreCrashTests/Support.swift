import Glibc

/// The program beside the test bundle.
let program: String = {
    // 'swift test' runs the bundle through a helper of the toolchain; then the build folder is in the arguments.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    guard let path = realpath(bundle, nil) else { return ".build/debug/StoreCrash" }
    defer { free(path) }
    let folder = String(cString: path).split(separator: "/").dropLast()
    return "/" + folder.joined(separator: "/") + "/StoreCrash"
}()

/// Runs blocking work on a thread of its own.
func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { argument in
            if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        },
        Unmanaged.passRetained(Body(body)).toOpaque()
    )
    pthread_detach(thread)
}
