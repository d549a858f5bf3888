import FunctionKit

@testable import HTTPServer

/// Runs one input of the fuzzer and tells what went wrong.
///
/// The client's bytes go through the connection in one piece, byte by byte, as the script says with everything that it lets
/// happen between, and three times in a row. All have to agree with ``ReferenceReader`` about the requests, and
/// ``AnswerReader`` reads what was sent.
struct FuzzCheck {
    private static let configuration: HTTPServerConfiguration = {
        var configuration = HTTPServerConfiguration()
        configuration.requestLineBytesMax = 200
        configuration.headerBytesMax = 400
        configuration.headerCountMax = 10
        configuration.bodyBytesMax = 1000
        configuration.bodyInMemoryBytesMax = 100
        configuration.chunkLineBytesMax = 32
        configuration.readAheadBytesMax = 256
        configuration.unreadBodyBytesMax = 64
        configuration.callTime = .seconds(60)
        return configuration
    }()

    private let input: FuzzCase
    private let limits = ConnectionLimits(configuration)
    private let reference: ReferenceReader

    private let fault: FuzzOwner.Fault?

    init(_ bytes: [UInt8], fault: FuzzOwner.Fault? = nil) { self.init(FuzzCase(bytes), fault: fault) }

    private init(_ input: FuzzCase, fault: FuzzOwner.Fault?) {
        self.fault = fault
        self.input = input
        reference = Self.read(input.wire, limits)
    }

    private static func read(_ wire: [UInt8], _ limits: ConnectionLimits) -> ReferenceReader {
        ReferenceReader(
            wire,
            limits: ReferenceReader.Limits(
                lineBytes: limits.requestLineBytesMax,
                fieldBytes: limits.headerBytesMax,
                fieldCount: limits.headerCountMax,
                bodyBytes: limits.bodyBytesMax,
                chunkLineBytes: limits.chunkLineBytesMax,
                trailerBytes: limits.headerBytesMax
            )
        )
    }

    /// What is wrong; nil when all is as it should be.
    func problem() -> String? {
        let whole = undisturbed(pieceBytes: FuzzOwner.pieceBytesMax)
        if let problem = undisturbedProblem(whole) { return "in one piece: \(problem)" }
        let bytewise = undisturbed(pieceBytes: 1)
        if let problem = undisturbedProblem(bytewise) { return "byte by byte: \(problem)" }
        let (left, right) = (statuses(whole), statuses(bytewise))
        if left != right { return "\(left) in one piece, \(right) byte by byte" }
        if hasEnded(whole) != hasEnded(bytewise) { return "open or closed depends on the pieces" }
        if let problem = scripted() { return "as the script says: \(problem)" }
        return repeated().map { "three times in a row: \($0)" }
    }

    // MARK: Runs

    /// The same bytes three times, so that headers come that are known by then.
    private func repeated() -> String? {
        let check = FuzzCheck(FuzzCase(script: [], wire: input.wire + input.wire + input.wire), fault: fault)
        return check.undisturbedProblem(check.undisturbed(pieceBytes: FuzzOwner.pieceBytesMax))
    }

    /// Calls answer when their request is complete, and nothing else happens.
    private func undisturbed(pieceBytes: Int) -> FuzzOwner {
        var owner = FuzzOwner(limits, wire: input.wire, fault: fault)
        owner.answersAtBodyEnd = true
        while owner.problem == nil, owner.feed(pieceBytes) {}
        return owner
    }

    private func undisturbedProblem(_ owner: FuzzOwner) -> String? {
        if let problem = owner.problem ?? requestProblem(owner) ?? answerProblem(owner) { return problem }
        let complete = reference.requests.count { $0.isBodyComplete }
        let called = owner.calls.count { $0.bodyEnd == .complete }
        if called != complete { return "\(called) requests instead of \(complete)" }
        if !owner.isClosed, !owner.isLingering, owner.fed < input.wire.count { return "does not read on" }
        switch reference.end {
        case .between, .insideBody: return hasEnded(owner) ? "ended without need" : nil
        case .last, .refused: return hasEnded(owner) ? nil : "did not end"
        case .insideHead: return nil
        }
    }

    private func hasEnded(_ owner: FuzzOwner) -> Bool { owner.isClosed || owner.isLingering }

    /// Whether the request with an index asks for no content.
    private func isHead(_ index: Int, of reference: ReferenceReader) -> Bool {
        if index == reference.requests.count { return reference.isRestToHead }
        return index < reference.requests.count
            && reference.requests[index].method == Array("HEAD".utf8)
    }

    /// The statuses of all answers, or none if they cannot be read, which is reported elsewhere.
    private func statuses(_ owner: FuzzOwner) -> [Int] {
        var reader = AnswerReader(owner.output)
        var statuses: [Int] = []
        for index in 0... {
            guard (try? reader.endsAfterInterim()) == false else { break }
            guard let answer = try? reader.next(toHead: isHead(index, of: reference)) else { break }
            statuses.append(answer.status)
        }
        return statuses
    }

    /// Everything that the script lets happen, then an orderly end.
    private func scripted() -> String? {
        var owner = FuzzOwner(limits, wire: input.wire, fault: fault)
        for event in input.script { owner.happen(event) }
        settle(&owner)
        return owner.problem ?? requestProblem(owner) ?? answerProblem(owner)
    }

    /// All parties do their part from now on: then the connection ends.
    private func settle(_ owner: inout FuzzOwner) {
        owner.happen(.answersAtOnce(nil))
        owner.happen(.readerIsSlow(false))
        owner.happen(.readerWantsMore)
        for _ in 0..<10_000 where !owner.isClosed && owner.problem == nil {
            owner.unblock()
            if owner.isCallOpen {
                owner.answer(0)
            } else if owner.isPullOpen {
                if case .streaming(.length(let rest)) = owner.state.answer, rest > 0 {
                    owner.sendChunk(rest)
                } else {
                    owner.endBody(fails: false)
                }
            } else if owner.state.isInputOver {
                break
            } else if !owner.feed(FuzzOwner.pieceBytesMax) {
                guard owner.isLingering || owner.fed == input.wire.count else {
                    return owner.fail("does not read on at the end")
                }
                owner.endInput()
            }
        }
        if owner.problem == nil, !owner.isClosed { owner.fail("does not end when its client has") }
    }

    // MARK: Requests

    /// Whether the responder was called with the requests that the client sent, in their order.
    private func requestProblem(_ owner: FuzzOwner) -> String? {
        guard owner.calls.count <= reference.requests.count else {
            return "\(owner.calls.count) calls for \(reference.requests.count) requests"
        }
        for (call, request) in zip(owner.calls, reference.requests) {
            if let problem = difference(call.request, request) { return problem }
            guard request.body.starts(with: call.body) else { return "a body differs" }
            if call.bodyEnd == .complete, !request.isBodyComplete || call.body.count != request.body.count {
                return "a body ends early"
            }
        }
        return nil
    }

    private func difference(_ request: HTTPRequest, _ expected: ReferenceReader.Request) -> String? {
        func same(_ text: String?, _ bytes: [UInt8]?) -> Bool {
            guard let text, let bytes else { return text == nil && bytes == nil }
            return text.utf8.elementsEqual(String(decoding: bytes, as: UTF8.self).utf8)
        }
        guard same(request.method.rawValue, expected.method) else { return "the method differs" }
        guard same(request.path, expected.path), same(request.query, expected.query) else {
            return "the target differs"
        }
        guard request.headers.count == expected.fields.count else { return "the number of fields differs" }
        for (field, other) in zip(request.headers, expected.fields) {
            guard same(field.name, other.name), same(field.value, other.value) else { return "a field differs" }
        }
        return nil
    }

    // MARK: Answers

    /// Whether what was sent is the answers in their order, and nothing else.
    private func answerProblem(_ owner: FuzzOwner) -> String? {
        var reader = AnswerReader(owner.output)
        do {
            for (index, answer) in owner.answers.enumerated() {
                let sent = try reader.next(toHead: isHead(answer.call, of: reference))
                let isLast = index == owner.answers.count - 1
                if let problem = difference(sent, answer, isHead: isHead(answer.call, of: reference), isLast: isLast) {
                    return problem
                }
            }
            guard try !reader.endsAfterInterim() else { return continueProblem(owner, reader) }
            // One more: the refusal of what is no request, or came too late.
            // Of a header that has not arrived as a whole nothing is known.
            let isAll = owner.readCount == input.wire.count
            let arrived = isAll ? reference : Self.read(Array(input.wire[..<owner.readCount]), limits)
            let refusal = try reader.next(toHead: isHead(owner.answers.count, of: arrived))
            guard refusal.status >= 400, refusal.values(of: "connection") == ["close"], refusal.isComplete else {
                return "an answer to nothing: \(refusal.status)"
            }
            guard reader.isAtEnd else { return "output behind a refusal" }
            let isCalled = owner.calls.count > owner.answers.count
            guard isCalled || reference.requests.count > owner.calls.count || reference.end != .between else {
                return "a refusal of nothing"
            }
            return continueProblem(owner, reader)
        } catch {
            return "output is malformed: \(error)"
        }
    }

    private func continueProblem(_ owner: FuzzOwner, _ reader: AnswerReader) -> String? {
        let allowed = reference.requests.prefix(owner.calls.count + 1).count { $0.expectsContinue }
        return reader.continueCount > allowed ? "100 is sent to clients that do not wait for it" : nil
    }

    private func difference(
        _ sent: AnswerReader.Answer,
        _ answer: FuzzOwner.Answer,
        isHead: Bool,
        isLast: Bool
    ) -> String? {
        guard sent.status == answer.status else { return "\(sent.status) instead of \(answer.status)" }
        guard sent.values(of: "x-call") == (answer.isReplaced ? [] : [String(answer.call)]) else {
            return "an answer at another's place"
        }
        if sent.values(of: "date").count != 1 { return "no date" }
        if sent.values(of: "connection").contains("x") { return "a function's Connection went out" }
        let isBodiless = isHead || [204, 205, 304].contains(sent.status)
        guard !isBodiless else { return nil }
        guard answer.isFinished == sent.isComplete || isLast && !answer.isFinished else {
            return "an answer is cut off"
        }
        guard sent.content == answer.content else { return "an answer's content differs" }
        return nil
    }
}
