import FunctionKit

/// The bounds of a configuration as a connection needs them: shared by all connections, times in milliseconds.
final class ConnectionLimits: Sendable {
    let requestLineBytesMax: Int
    let headBytesMax: Int
    let headerBytesMax: Int
    let headerCountMax: Int
    let bodyBytesMax: Int
    let bodyInMemoryBytesMax: Int
    let chunkLineBytesMax: Int
    let readAheadBytesMax: Int
    let unreadBodyBytesMax: Int
    let bodyBytesPerSecondMin: Int64
    let headerTime: Int64
    let idleTime: Int64
    let bodyGraceTime: Int64
    let writeStallTime: Int64
    let lingerTime: Int64
    let callTime: Int64?

    init(_ configuration: HTTPServerConfiguration) {
        requestLineBytesMax = configuration.requestLineBytesMax
        headBytesMax = configuration.requestLineBytesMax + configuration.headerBytesMax
        headerBytesMax = configuration.headerBytesMax
        headerCountMax = configuration.headerCountMax
        bodyBytesMax = configuration.bodyBytesMax
        bodyInMemoryBytesMax = configuration.bodyInMemoryBytesMax
        chunkLineBytesMax = configuration.chunkLineBytesMax
        readAheadBytesMax = configuration.readAheadBytesMax
        unreadBodyBytesMax = configuration.unreadBodyBytesMax
        bodyBytesPerSecondMin = Int64(max(1, configuration.bodyBytesPerSecondMin))
        headerTime = configuration.headerTime.wholeMilliseconds
        idleTime = configuration.idleTime.wholeMilliseconds
        bodyGraceTime = configuration.bodyGraceTime.wholeMilliseconds
        writeStallTime = configuration.writeStallTime.wholeMilliseconds
        callTime = configuration.callTime?.wholeMilliseconds
        lingerTime = configuration.lingerTime.wholeMilliseconds
    }

    /// The smallest of the times: how precisely deadlines have to be watched.
    var shortestTime: Int64 {
        let times = [headerTime, idleTime, bodyGraceTime, writeStallTime, lingerTime]
        return (times + (callTime.map { [$0] } ?? [])).min() ?? headerTime
    }
}
