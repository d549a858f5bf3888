import FunctionKit

/// What `host.json` and the settings say of every request of an app: how many run, which header fields answers get, what stands at
/// the root.
package struct TrafficRules: Sendable {
    /// Who runs and who waits; nil without limits.
    var gate: ThrottleGate?
    /// Two lines a request; nil unless the log keeps them.
    var requestLog: RequestLog?
    /// Makes answers smaller; nil unless `host.json` asks for it.
    var compression: ResponseCompression?
    private var transportSecurity: TransportSecurity?
    private var isHomePageDisabled = false
    private var customHeaders: [HTTPOptions.Header] = []

    /// Rules that add and limit nothing.
    package init() {}

    init(
        _ configuration: HostConfiguration,
        settings: (String) -> String?,
        clock: any AppClock,
        log: HostLog,
        random: any RandomSource
    ) {
        gate = ThrottleGate(configuration.http, clock: clock, logger: Logger(sink: log, category: "Host.Http"))
        requestLog = RequestLog(configuration.logLevels, log: log, clock: clock, random: random)
        transportSecurity = TransportSecurity(configuration.http.hsts)
        compression = ResponseCompression(configuration.compression)
        isHomePageDisabled = HomePage.isDisabled(settings: settings)
        customHeaders = configuration.http.customHeaders
    }

    /// What answers at the root where no function does; nil for any other request.
    func homePage(for request: HTTPRequest) -> HTTPResponse? {
        HomePage.answer(to: request, isDisabled: isHomePageDisabled)
    }

    /// Adds the app's header fields to an answer, whoever gave it, unless it has them.
    func finish(_ response: inout HTTPResponse, for request: HTTPRequest) {
        for header in customHeaders where response.headers[header.name] == nil {
            response.headers.append(header.name, header.value)
        }
        transportSecurity?.apply(to: &response, for: request)
    }
}
