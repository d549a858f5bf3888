import FunctionKit

/// The arguments of `postern schedule`, validated.
struct ScheduleCommandOptions {
    private(set) var expression = ""
    private(set) var from: Timestamp?
    private(set) var count = ScheduleCommand.occurrencesDefault
    private(set) var timeZone: String?
    private(set) var wantsJSON = false
    private(set) var wantsHelp = false

    /// Reads `--name value` and `--name=value` in any order, the last of two winning; after `--` everything is an operand.
    init(_ arguments: [String]) throws(ScheduleCommandFailure) {
        var operands: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                operands += rest
                break
            }
            if Self.isOption(argument) {
                try read(option: argument, &rest)
            } else {
                operands.append(argument)
            }
        }
        guard !wantsHelp else { return }
        guard operands.count == 1 else {
            throw ScheduleCommandFailure(
                operands.isEmpty
                    ? "Which schedule? Give one expression, such as '0 */5 * * * *'."
                    : "Give one expression, not \(operands.count); put quotes around it: '0 */5 * * * *'."
            )
        }
        expression = operands[0]
    }

    /// A minus before a digit begins an expression, if a wrong one.
    private static func isOption(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), let second = argument.utf8.dropFirst().first else { return false }
        return !isDigit(second)
    }

    private mutating func read(
        option argument: String,
        _ rest: inout ArraySlice<String>
    ) throws(ScheduleCommandFailure) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts[0]
        switch name {
        case "--json", "--help", "-h":
            guard parts.count == 1 else { throw ScheduleCommandFailure("\(name) takes no value.") }
            if name == "--json" { wantsJSON = true } else { wantsHelp = true }
        case "--from", "--count", "--time-zone":
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                throw ScheduleCommandFailure("\(name) needs a value.")
            }
            try set(name, to: value)
        default:
            throw ScheduleCommandFailure("There is no option '\(name)'. See postern schedule --help.")
        }
    }

    private mutating func set(_ name: String, to value: String) throws(ScheduleCommandFailure) {
        switch name {
        case "--from":
            guard let moment = Timestamp(value) else {
                throw ScheduleCommandFailure(
                    "--from '\(value)' is not an RFC 3339 time; write one such as 2026-11-20T12:14:00Z."
                )
            }
            from = moment
        case "--count":
            guard let number = Int(value), (1...ScheduleCommand.occurrencesMax).contains(number) else {
                throw ScheduleCommandFailure(
                    "--count '\(value)' is not a number from 1 to \(ScheduleCommand.occurrencesMax)."
                )
            }
            count = number
        default:
            timeZone = value
        }
    }
}
