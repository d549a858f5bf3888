import FunctionKit

/// Answers for a script, handed out one after another; a nil answer and the end are both nil.
final class AnswerQueue: Sendable {
    private let answers: LockedState<[String?]>

    init(_ answers: [String?]) { self.answers = LockedState(answers.reversed()) }

    func next() -> String? { answers.withLock { $0.popLast() ?? nil } }
}
