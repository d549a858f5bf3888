import FoundationEssentials
import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/host`, but for keys and the ping:
    ///
    ///     GET  host/status
    ///     GET  host/processes
    ///     GET  host/config
    ///     POST host/drain
    ///     GET  host/drain/status
    ///     POST host/resume
    ///     POST host/restart
    ///     PUT  host/state         "offline" or "running"
    ///     POST host/log           [{level, functionName, source, message}]
    ///     POST host/synctriggers
    ///     POST host/debug
    func answerForHost(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        switch (request.chosenMethod, parts.dropFirst().joined(separator: "/")) {
        case (.get, "status"):
            let (state, errors) = await control.status()
            return try .json(
                HostStatusView(status, state, slot.app, troubles: errors + store.troubles, now: clock.now)
            )
        case (.get, "processes"): return try .json(HostProcessesView())
        case (.get, "config"):
            guard let app = slot.app else { return .hostNotRunning }
            return .json(bytes: Array(app.configuration.effective.jsonText(hidesSecrets: true).utf8))
        case (.post, "drain"): return await control.drain() ? HTTPResponse(status: .accepted) : .hostNotRunning
        case (.get, "drain/status"):
            guard let drain = await control.drainStatus() else { return .hostNotRunning }
            return try .json(drain)
        case (.post, "resume"):
            guard let state = await control.resume() else { return HTTPResponse(status: .conflict) }
            return try .json(["state": state.rawValue])
        case (.post, "restart"):
            await control.restart()
            return try .json(ApplicationOptionsView(status))
        case (.put, "state"): return try await setState(request)
        case (.post, "log"): return try await log(request)
        case (.post, "synctriggers"): return try synchronizeTriggers()
        // Azure opens a debugger on the machine; there is none that this host could open.
        case (.post, "debug"): return HTTPResponse(status: 501)
        default: return HTTPResponse(status: .notFound)
        }
    }

    private func setState(_ request: HTTPRequest) async throws -> HTTPResponse {
        let text = try? await AdminBody(request, limit: Self.stateBytesMax).value.string?.lowercased()
        guard text == "offline" || text == "running" else { return HTTPResponse(status: .badRequest) }
        do throws(HostControlError) {
            return HTTPResponse(status: try await control.setOffline(text == "offline") ? .accepted : .ok)
        } catch {
            throw HTTPError(.internalServerError, code: "state_not_changed", message: error.description)
        }
    }

    private func log(_ request: HTTPRequest) async throws -> HTTPResponse {
        let elements = try? await AdminBody(request, limit: Self.logBytesMax).value.elements
        guard let elements, case let entries = elements.compactMap(HostLogEntry.init), entries.count == elements.count,
            entries.count <= Self.logEntriesMax
        else { return .text("An array of log entry objects is expected.", status: .badRequest) }
        for entry in entries { if let record = entry.record { await control.log(record) } }
        return HTTPResponse()
    }

    /// The longest body that names a state: 1 KiB.
    private static let stateBytesMax = 1024
    /// The longest body with log entries: 1 MiB.
    private static let logBytesMax = 1 << 20
    /// How many log entries one call may bring: 1,000.
    private static let logEntriesMax = 1000
}
