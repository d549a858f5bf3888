import FunctionKit

/// `:regex(…)`: the pattern must match somewhere in the value, ignoring case, as in ASP.NET.
///
/// Swift's `Regex` is not `Sendable`, because matching may fill its caches; the lock makes uses of one pattern take turns.
final class RegexConstraint: Sendable {
    /// The longest value, in characters, that is tried; a longer one does not match. It bounds patterns whose cost
    /// grows with the square of the length; one with nested repetitions, such as `(a+)+`, is refused.
    static let valueCharactersMax = 1024

    private let regex: LockedState<Regex<AnyRegexOutput>>

    /// Compiles the pattern; `constraint` is the whole text for the message.
    init(_ pattern: String, in constraint: String) throws(RouteTemplateError) {
        guard !NestedRepetition.isIn(pattern) else {
            throw .constraint(
                constraint,
                "its pattern repeats something that repeats itself, such as '(a+)+', so that a short value could keep the "
                    + "host busy for hours. Write it with one repetition, such as 'a+'."
            )
        }
        do {
            regex = LockedState(try Regex(pattern).ignoresCase().matchingSemantics(.unicodeScalar))
        } catch {
            throw .constraint(constraint, "its pattern is not a valid regular expression.")
        }
    }

    /// Whether the pattern matches somewhere in the value.
    func matches(_ value: String) -> Bool {
        guard value.unicodeScalars.count <= Self.valueCharactersMax else { return false }
        return regex.withLock { value.firstMatch(of: $0) != nil }
    }
}
