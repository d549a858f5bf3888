import FunctionKit
import Synchronization

/// The bounds of a configuration as a connection needs them: shared by all connections, times in milliseconds.
final class ConnectionLimits: Sendable {
    let requestLineBytesMax: Int
    let headerBytesMax: Int
    let headerCountMax: Int
    let bodyBytesMax: Int
    let bodyInMemoryBytesMax: Int
    let chunkLineBytesMax: Int
    let readAheadBytesMax: Int
    let unreadBodyBytesMax: Int
    let responseHeaderBytesMax: Int
    let bodyBytesPerSecondMin: Int64
    let responseBytesPerSecondMin: Int64
    let streamedResponseBytesMax: Int
    let headerTime: Int64
    let idleTime: Int64
    let bodyGraceTime: Int64
    let writeStallTime: Int64
    let lingerTime: Int64
    let trustedProxies: TrustedProxies
    /// Whether requests are noted for an access log.
    let logsAccess: Bool
    /// 0 for none; changes while the server runs.
    private let callMilliseconds: Atomic<Int64>

    init(_ configuration: HTTPServerConfiguration, logsAccess: Bool = false) {
        self.logsAccess = logsAccess
        requestLineBytesMax = configuration.requestLineBytesMax
        headerBytesMax = configuration.headerBytesMax
        headerCountMax = configuration.headerCountMax
        bodyBytesMax = configuration.bodyBytesMax
        bodyInMemoryBytesMax = configuration.bodyInMemoryBytesMax
        chunkLineBytesMax = configuration.chunkLineBytesMax
        readAheadBytesMax = configuration.readAheadBytesMax
        unreadBodyBytesMax = configuration.unreadBodyBytesMax
        responseHeaderBytesMax = configuration.responseHeaderBytesMax
        bodyBytesPerSecondMin = Int64(max(1, configuration.bodyBytesPerSecondMin))
        responseBytesPerSecondMin = Int64(max(1, configuration.responseBytesPerSecondMin))
        streamedResponseBytesMax = configuration.streamedResponseBytesMax ?? .max
        headerTime = configuration.headerTime.wholeMilliseconds
        idleTime = configuration.idleTime.wholeMilliseconds
        bodyGraceTime = configuration.bodyGraceTime.wholeMilliseconds
        writeStallTime = configuration.writeStallTime.wholeMilliseconds
        callMilliseconds = Atomic(Self.milliseconds(configuration.callTime))
        lingerTime = configuration.lingerTime.wholeMilliseconds
        trustedProxies = configuration.trustedProxies
    }

    /// How long the responder may take, for calls that begin from now on; nil for no bound.
    var callTime: Int64? {
        let time = callMilliseconds.load(ordering: .relaxed)
        return time > 0 ? time : nil
    }

    func setCallTime(_ time: Duration?) { callMilliseconds.store(Self.milliseconds(time), ordering: .relaxed) }

    private static func milliseconds(_ time: Duration?) -> Int64 { time.map { max(1, $0.wholeMilliseconds) } ?? 0 }

    /// The smallest of the times: how precisely deadlines have to be watched.
    var shortestTime: Int64 {
        let times = [headerTime, idleTime, bodyGraceTime, writeStallTime, lingerTime]
        return (times + (callTime.map { [$0] } ?? [])).min() ?? headerTime
    }
}
