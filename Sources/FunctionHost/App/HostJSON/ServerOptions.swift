package import HTTPServer

/// `extensions.server` of `host.json`; Azure knows no such section. It holds from the next start of the process.
package struct ServerOptions: Sendable, Equatable {
    /// What the server bounds. The address, the port and the time of a call come from elsewhere.
    package var bounds = HTTPServerConfiguration()
    /// The access log.
    package var accessLog = AccessLogOptions()

    /// Makes the default options.
    package init() {}
}

/// One key of `extensions.server`: the bound that it sets and what may stand there.
struct ServerBound: Sendable {
    /// The member of the server's configuration and its range.
    enum Member: Sendable {
        case number(any WritableKeyPath<HTTPServerConfiguration, Int> & Sendable, ClosedRange<Int>)
        /// A number, or -1 for none.
        case optionalNumber(any WritableKeyPath<HTTPServerConfiguration, Int?> & Sendable, ClosedRange<Int>)
        case time(any WritableKeyPath<HTTPServerConfiguration, Duration> & Sendable, ClosedRange<Duration>)
    }

    /// The key, which is the member's name.
    let name: String
    private let member: Member

    private init(_ name: String, _ member: Member) {
        self.name = name
        self.member = member
    }

    /// Sets the bound; returns what is wrong with the text when it is no value of this key.
    func read(_ text: String, into bounds: inout HTTPServerConfiguration) -> String? {
        switch member {
        case .number(let path, let range):
            guard let number = Int(text), range.contains(number) else {
                return "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)."
            }
            bounds[keyPath: path] = number
        case .optionalNumber(let path, let range):
            guard let number = Int(text), number == -1 || range.contains(number) else {
                return "'\(text)' is neither a whole number from \(range.lowerBound) to \(range.upperBound) nor -1."
            }
            bounds[keyPath: path] = number == -1 ? nil : number
        case .time(let path, let range):
            guard let time = TimeSpanText.parse(text), range.contains(time) else {
                let (least, most) = (timeSpanText(range.lowerBound), timeSpanText(range.upperBound))
                return "'\(text)' is not a time from \(least) to \(most), such as 00:00:30."
            }
            bounds[keyPath: path] = time
        }
        return nil
    }

    /// The bound as `host.json` would have it.
    func text(of bounds: HTTPServerConfiguration) -> String {
        switch member {
        case .number(let path, _): "\(bounds[keyPath: path])"
        case .optionalNumber(let path, _): "\(bounds[keyPath: path] ?? -1)"
        case .time(let path, _): timeSpanText(bounds[keyPath: path])
        }
    }
}

extension ServerBound {
    /// Times that are waited for: long enough for a deadline to be met, and not so long that nobody waits for their end.
    private static let waits = Duration.milliseconds(10)...Duration.seconds(86_400)
    private static let memory = 1 << 30

    /// All of them. The numbers' upper ends keep a slip of the keyboard from asking for more than a machine has.
    static let all: [ServerBound] = [
        ServerBound("loopCount", .optionalNumber(\.loopCount, 1...256)),
        ServerBound("acceptBacklog", .number(\.acceptBacklog, 1...65_535)),
        ServerBound("connectionsMax", .number(\.connectionsMax, 1...1_000_000)),
        ServerBound("connectionsPerAddressMax", .number(\.connectionsPerAddressMax, 1...1_000_000)),
        ServerBound("requestLineBytesMax", .number(\.requestLineBytesMax, 64...1_048_576)),
        ServerBound("headerBytesMax", .number(\.headerBytesMax, 256...1_048_576)),
        ServerBound("headerCountMax", .number(\.headerCountMax, 1...10_000)),
        ServerBound("bodyBytesMax", .number(\.bodyBytesMax, 1...1 << 50)),
        ServerBound("bodyInMemoryBytesMax", .number(\.bodyInMemoryBytesMax, 0...memory)),
        ServerBound("bodyReadAheadBytesMax", .number(\.bodyReadAheadBytesMax, 1...memory)),
        ServerBound("chunkLineBytesMax", .number(\.chunkLineBytesMax, 16...65_536)),
        ServerBound("readAheadBytesMax", .number(\.readAheadBytesMax, 1...memory)),
        ServerBound("pipelinedRequestsMax", .number(\.pipelinedRequestsMax, 1...10_000)),
        ServerBound("gatheredAnswersMin", .number(\.gatheredAnswersMin, 1...1_000_000)),
        ServerBound("unreadBodyBytesMax", .number(\.unreadBodyBytesMax, 0...memory)),
        ServerBound("headerTime", .time(\.headerTime, waits)),
        ServerBound("idleTime", .time(\.idleTime, waits)),
        ServerBound("bodyGraceTime", .time(\.bodyGraceTime, waits)),
        ServerBound("bodyBytesPerSecondMin", .number(\.bodyBytesPerSecondMin, 1...memory)),
        ServerBound("writeStallTime", .time(\.writeStallTime, waits)),
        ServerBound("responseHeaderBytesMax", .number(\.responseHeaderBytesMax, 256...1_048_576)),
        ServerBound("responseBytesPerSecondMin", .number(\.responseBytesPerSecondMin, 1...memory)),
        ServerBound("streamedResponseBytesMax", .optionalNumber(\.streamedResponseBytesMax, 1...1 << 50)),
        ServerBound("lingerTime", .time(\.lingerTime, .milliseconds(10)...Duration.seconds(60))),
    ]
}

extension ServerOptions {
    /// The keys of the section, as they are in force.
    func describe(in tree: inout ConfigurationTree) {
        tree.set(HostConfigurationReader.server + ["accessLog"], to: accessLog.format?.rawValue ?? "off")
        for bound in ServerBound.all {
            tree.set(HostConfigurationReader.server + [bound.name], to: bound.text(of: bounds))
        }
    }
}
