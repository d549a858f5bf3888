import FunctionKit

/// Makes functions of descriptors: loads each library, makes each instance, and gathers what goes wrong.
struct FunctionLoader: Sendable {
    /// How long a function's `init` may take: 30 s. One that takes longer is in error, is cancelled and left behind.
    static let initTimeMax = Duration.seconds(30)

    let library: FunctionLibrary
    let clock: any AppClock
    /// Makes the context that a function's `init` receives, from the function's name.
    let context: @Sendable (String) -> AppContext

    /// Loads all functions; one that fails becomes a problem and the others load.
    ///
    /// - Returns: the functions in the order of their descriptors, and the problems.
    /// - Throws: ``HostStartError`` when a function says, by an ``AppConfigurationError``, that the app must not start, or
    ///   when the caller is cancelled.
    func load(
        _ descriptors: [FunctionDescriptor]
    ) async throws(HostStartError) -> (functions: [LoadedFunction], problems: [FunctionProblem]) {
        var functions: [LoadedFunction] = []
        var problems: [FunctionProblem] = []
        let deadlines = DeadlineWatch(clock: clock)
        for descriptor in descriptors {
            guard !Task.isCancelled else { throw Self.interrupted }
            do {
                functions.append(try await load(descriptor, deadlines))
            } catch  where Task.isCancelled {
                throw Self.interrupted
            } catch is TimeLimitExceeded {
                problems.append(problem(descriptor, key: "entryPoint", Self.initTimeText))
            } catch let error as LoadError {
                problems.append(problem(descriptor, key: error.key, error.description))
            } catch let error as any AppConfigurationError {
                throw HostStartError(
                    .configuration,
                    "The function '\(descriptor.name)' keeps the app from starting: \(error.description)"
                )
            } catch {
                problems.append(
                    problem(descriptor, key: "entryPoint", "The function's init failed: \(describe(error))")
                )
            }
        }
        return (functions, problems)
    }

    private func load(_ descriptor: FunctionDescriptor, _ deadlines: DeadlineWatch) async throws -> LoadedFunction {
        let type = try library.functionType(
            scriptFile: descriptor.scriptFile,
            isNamed: descriptor.namesScriptFile,
            entryPoint: descriptor.entryPoint,
            folder: descriptor.folder
        )
        let instance = try await withTimeLimit(Self.initTimeMax, deadlines) { [context] in
            try await LoadedFunction.Instance(of: type, for: descriptor, app: context(descriptor.name))
        }
        return LoadedFunction(descriptor: descriptor, instance: instance)
    }

    static let interrupted = HostStartError(.software, "The start was interrupted.")

    private static let initTimeText =
        "The function's init did not end within \(initTimeMax.wholeMilliseconds / 1000) s. Leave slow work to its first "
        + "invocation, or give the calls that it waits for a timeout."

    private func problem(_ descriptor: FunctionDescriptor, key: String, _ reason: String) -> FunctionProblem {
        FunctionProblem(functionName: descriptor.name, file: descriptor.file, key: key, reason: reason)
    }
}
