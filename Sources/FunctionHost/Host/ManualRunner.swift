import FunctionKit

/// Fires a function by hand, whatever its trigger, for the admin API and `postern run`.
struct ManualRunner: Sendable {
    let app: RunningApp
    let timers: TimerService
    let clock: any AppClock
    let ids: IdentifierSource

    /// Runs a function once and tells how it ended.
    func run(_ function: LoadedFunction, _ run: ManualRun) async -> InvocationOutcome {
        switch function.instance {
        case .http(let instance):
            return await app.invoker.respond(function, instance, to: request(for: function, run))
        case .timer(let instance):
            do throws(TimerRunError) {
                return try await timers.run(function.name, result: { TimerRunResult($0) }) {
                    await app.invoker.fire(function, instance, $0.info)
                }
            } catch {
                return app.invoker.refuse(function, error.description)
            }
        case .warmup(let instance):
            return await app.invoker.warmUp(function, instance)
        case .manual(let instance):
            return await app.invoker.runByHand(function, instance, run.input ?? "")
        case .queue(let instance):
            return await receive(function, instance.committing, run)
        }
    }

    /// The request that stands for a run of an HTTP function: its route as the path, the input as the body.
    private func request(for function: LoadedFunction, _ run: ManualRun) -> HTTPRequest {
        guard case .http(let trigger) = function.descriptor.trigger else { return HTTPRequest(path: "/") }
        let input = run.input ?? ""
        let methods = trigger.methods.map { HTTPMethod(rawValue: $0.uppercased()) }
        let preferred: HTTPMethod = input.isEmpty ? .get : .post
        let method = methods.isEmpty || methods.contains(preferred) ? preferred : methods[0]
        return HTTPRequest(
            method: method,
            path: trigger.path(prefix: app.configuration.http.routePrefix),
            headers: input.isEmpty ? [:] : ["Content-Type": "application/json"],
            body: HTTPBody(input),
            access: .admin
        )
    }

    private func receive(
        _ function: LoadedFunction,
        _ instance: any QueueHandling,
        _ run: ManualRun
    ) async -> InvocationOutcome {
        guard case .queue(let trigger) = function.descriptor.trigger, let tenant = run.tenantName else {
            return app.invoker.refuse(function, ManualRun.tenantMissing)
        }
        let message = QueueMessage(
            id: ids.next(),
            queue: trigger.queueName,
            tenant: tenant,
            payload: run.input ?? "",
            insertedAt: clock.now
        )
        return await app.invoker.receive(function, instance, message, cause: .call)
    }
}
