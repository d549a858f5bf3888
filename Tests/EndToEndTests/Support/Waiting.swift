import FunctionKit
import Glibc

/// Asks again and again until there is something, the only way in which these tests wait for another process.
///
/// - Parameters:
///   - what: what is waited for, for the error.
///   - limit: how long.
///   - body: nil for "not yet".
/// - Throws: ``SupportError`` when the time is over.
func eventually<Value>(
    _ what: String,
    within limit: Duration = .seconds(15),
    _ body: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while true {
        if let value = try await body() { return value }
        guard clock.now < deadline else { throw SupportError("Waited \(limit) in vain for \(what).") }
        try await clock.sleep(for: .milliseconds(20))
    }
}

/// A port that nobody listens on, outside the range from which the kernel takes ports for connections, so that it stays free
/// while a host is down for a moment. No port is given twice: between the look and the host's start, another suite may look, too.
func freePort() throws -> UInt16 {
    for _ in 0..<1000 {
        let port = UInt16.random(in: 18_000...31_999)
        guard givenPorts.withLock({ $0.insert(port).inserted }) else { continue }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return port }
    }
    throw SupportError("No port is free.")
}

private let givenPorts = LockedState<Set<UInt16>>([])
