import FunctionKit
import HTTPServer
import Testing

@testable import FunctionHost

/// `extensions.server` of `host.json`: every bound of the server, its range, and what is said of what cannot be meant.
struct ServerOptionsTests {
    private static func parse(_ key: String, _ value: String) throws -> HostConfiguration {
        let text = #"{"version": "2.0", "extensions": {"server": {"\#(key)": \#(value)}}}"#
        return try HostConfiguration.parse(Array(text.utf8))
    }

    /// The members of the server's configuration that `host.json` does not set: they come from options and other keys.
    private static let elsewhere: Set<String> = ["address", "port", "callTime", "trustedProxies"]

    @Test func everyBoundOfTheServerIsAKey() {
        let members = Set(Mirror(reflecting: HTTPServerConfiguration()).children.compactMap(\.label))
        #expect(Set(ServerBound.all.map(\.name)) == members.subtracting(Self.elsewhere))
        #expect(Set(ServerBound.all.map(\.name)).count == ServerBound.all.count)
    }

    @Test(arguments: ServerBound.all) func theDefaultIsAValueOfItsKey(_ bound: ServerBound) throws {
        let text = bound.text(of: HTTPServerConfiguration())
        #expect(try Self.parse(bound.name, "\"\(text)\"").server == ServerOptions())
    }

    @Test(arguments: [
        ("loopCount", "3"), ("loopCount", "-1"), ("acceptBacklog", "1"), ("connectionsMax", "1000000"),
        ("requestLineBytesMax", "64"), ("headerBytesMax", "256"), ("headerCountMax", "1"), ("bodyBytesMax", "1"),
        ("bodyInMemoryBytesMax", "0"), ("bodyReadAheadBytesMax", "1"), ("chunkLineBytesMax", "16"),
        ("readAheadBytesMax", "1"), ("unreadBodyBytesMax", "0"), ("responseHeaderBytesMax", "256"),
        ("headerTime", "00:00:00.0100000"),
        ("idleTime", "1.00:00:00"), ("bodyGraceTime", "00:00:01"), ("bodyBytesPerSecondMin", "1"),
        ("connectionsPerAddressMax", "7"), ("pipelinedRequestsMax", "1"), ("gatheredAnswersMin", "1"),
        ("responseBytesPerSecondMin", "1"),
        ("streamedResponseBytesMax", "1"), ("streamedResponseBytesMax", "-1"),
        ("writeStallTime", "00:01:00"), ("lingerTime", "00:00:00.0100000"),
    ]) func aKeySetsItsBoundAndNoOther(key: String, value: String) throws {
        let configuration = try Self.parse(key, "\"\(value)\"")
        let effective = configuration.effective
        for bound in ServerBound.all {
            let expected = bound.name == key ? value : bound.text(of: HTTPServerConfiguration())
            #expect(effective[HostConfigurationReader.server + [bound.name]] == expected, "\(bound.name)")
        }
    }

    @Test(arguments: [
        ("loopCount", "0", "'0' is neither a whole number from 1 to 256 nor -1."),
        ("loopCount", "257", "'257' is neither a whole number from 1 to 256 nor -1."),
        ("acceptBacklog", "0", "'0' is not a whole number from 1 to 65535."),
        ("connectionsMax", "-1", "'-1' is not a whole number from 1 to 1000000."),
        ("connectionsMax", "99999999999999999999", "'99999999999999999999' is not a whole number from 1 to 1000000."),
        ("requestLineBytesMax", "63", "'63' is not a whole number from 64 to 1048576."),
        ("headerBytesMax", "1e3", "'1e3' is not a whole number from 256 to 1048576."),
        ("responseHeaderBytesMax", "255", "'255' is not a whole number from 256 to 1048576."),
        ("headerCountMax", "true", "'true' is not a whole number from 1 to 10000."),
        ("bodyBytesMax", "0", "'0' is not a whole number from 1 to 1125899906842624."),
        ("bodyBytesPerSecondMin", "\"\"", "'' is not a whole number from 1 to 1073741824."),
        ("headerTime", "10", "'10' is not a time from 00:00:00.0100000 to 1.00:00:00, such as 00:00:30."),
        ("idleTime", "\"00:00:00\"", "'00:00:00' is not a time from 00:00:00.0100000 to 1.00:00:00, such as 00:00:30."),
        ("writeStallTime", "\"-1\"", "'-1' is not a time from 00:00:00.0100000 to 1.00:00:00, such as 00:00:30."),
        ("lingerTime", "\"00:01:01\"", "'00:01:01' is not a time from 00:00:00.0100000 to 00:01:00, such as 00:00:30."),
    ]) func whatCannotBeMeantIsRefused(key: String, value: String, reason: String) {
        let error = #expect(throws: HostConfigurationError.self) { try Self.parse(key, value) }
        #expect(error?.problems == ["host.json: extensions.server.\(key): \(reason)"])
    }

    @Test(arguments: [
        ("accessLog", "\"everything\"", "'everything' is not one of off, json, combined."),
        (
            "accessLogFile", "\"access.log\"",
            "'access.log' is not an absolute path, such as /var/log/postern/access.log."
        ),
    ]) func anAccessLogThatCannotBeMeantIsRefused(key: String, value: String, reason: String) {
        let error = #expect(throws: HostConfigurationError.self) { try Self.parse(key, value) }
        #expect(error?.problems == ["host.json: extensions.server.\(key): \(reason)"])
    }

    @Test(
        arguments: [("off", nil), ("OFF", nil), ("json", .json), ("Combined", .combined)]
            as [(String, AccessLogFormat?)]
    )
    func theAccessLogHasAFormat(text: String, format: AccessLogFormat?) throws {
        let configuration = try Self.parse("accessLog", "\"\(text)\"")
        #expect(configuration.server.accessLog.format == format)
        #expect(configuration.effective["extensions", "server", "accessLog"] == format?.rawValue ?? "off")
        #expect(configuration.server.bounds == HTTPServerConfiguration())
    }

    @Test func theEnvironmentOverridesABound() throws {
        let configuration = try HostConfiguration.parse(
            Array(#"{"version": "2.0", "extensions": {"server": {"idleTime": "00:00:05"}}}"#.utf8),
            environment: ["AzureFunctionsJobHost__extensions__server__idleTime": "00:00:07"]
        )
        #expect(configuration.server.bounds.idleTime == .seconds(7))
    }
}
