public import FunctionKit

/// Works on a job and leaves a receipt with its name; a job may ask for a failure instead.
public struct QueuesWork: QueueOutputFunction {
    private struct Job: Decodable {
        var item: String
        var action: String
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let receipts = QueueOutput.text("receipts")
    /// Its binding.
    public static let outputs = [receipts.binding]

    private let clock: any AppClock

    /// Takes the clock, for jobs that last.
    public init(app: AppContext) { clock = app.clock }

    /// Does what the job says.
    public func receive(_ message: QueueMessage, context: InvocationContext) async throws -> Outputs {
        let job = try message.decode(Job.self)
        var outputs = Outputs(for: message.tenant)
        try outputs.send(job.item, to: Self.receipts)
        switch job.action {
        case "crash": fatalError("The job '\(job.item)' traps on purpose.")
        case "fail": throw Failure(description: "'\(job.item)' fails on purpose.")
        case "last": try await clock.sleep(for: .milliseconds(3))
        default: break
        }
        return outputs
    }
}
