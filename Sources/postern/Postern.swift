import FunctionHost
import Glibc

/// The command line: finds the command that the first word names and runs it.
@main
struct Postern {
    static func main() {
        // Before any other thread exists: threads inherit which signals are blocked, and an asynchronous 'main' would find
        // the concurrency pool's threads there already.
        TerminationSignals.block()
        // Unstructured, because it is the root of everything; detached, because this thread, the main actor's, only waits.
        Task.detached { exit(await run(Array(CommandLine.arguments.dropFirst()))) }
        while true { pause() }
    }

    private static func run(_ arguments: [String]) async -> Int32 {
        guard let name = arguments.first else {
            printError(Help.overview)
            return ExitCode.usage
        }
        switch name {
        case "--help", "-h", "help":
            print(Help.text(for: arguments.dropFirst().first))
            return ExitCode.success
        case "--version":
            print("postern \(hostVersion)")
            return ExitCode.success
        default: break
        }
        guard let command = CommandTable.command(named: name) else {
            printError("postern: '\(name)' is not a command. 'postern --help' lists them.")
            return ExitCode.usage
        }
        if arguments.dropFirst().contains("--help") || arguments.dropFirst().contains("-h") {
            print(command.help)
            return ExitCode.success
        }
        if name != "start" { TerminationSignals.unblock() }
        do {
            return try await command.run(Array(arguments.dropFirst()))
        } catch let error as UsageError {
            printError("postern \(name): \(error) 'postern \(name) --help' shows the usage.")
            return ExitCode.usage
        } catch let error as CommandFailure {
            printError("postern \(name): \(error.message)")
            return error.exitCode
        } catch {
            printError("postern \(name): \(error)")
            return ExitCode.software
        }
    }
}

/// A command could not do what was asked.
struct CommandFailure: Error {
    /// One of ``ExitCode``.
    let exitCode: Int32
    /// The thing, the reason and the remedy.
    let message: String

    init(_ exitCode: Int32, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }
}

/// Writes a line to standard error.
func printError(_ text: String) { writeText(text + "\n", to: STDERR_FILENO) }

/// Writes a text to standard error without a line break of its own.
func printErrorText(_ text: String) { writeText(text, to: STDERR_FILENO) }

/// Writes a text to standard output without a line break of its own.
func printText(_ text: String) { writeText(text, to: STDOUT_FILENO) }

private func writeText(_ text: String, to descriptor: Int32) { _ = writeBytes(Array(text.utf8), to: descriptor) }

/// Writes bytes to standard output.
///
/// - Throws: ``CommandFailure`` when they cannot be written, as on a full disk or behind a reader that has gone.
func printBytes(_ bytes: [UInt8]) throws {
    guard writeBytes(bytes, to: STDOUT_FILENO) else {
        throw CommandFailure(
            ExitCode.unavailable,
            "Standard output cannot be written: \(String(cString: strerror(errno)))."
        )
    }
}

private func writeBytes(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR else { return false }
        rest = rest.dropFirst(max(count, 0))
    }
    return true
}

/// The process's environment variables.
func processEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
        let text = String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            result[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        pointer += 1
    }
    return result
}
