internal import FunctionKit

/// Whether a document is there for somebody who looks within a span of time.
enum Presence {
    case yes, no
    /// It expires meanwhile, or it expired before and the clock jumped back: it may have been swept.
    case maybe
}

extension StoreModel {
    /// The moments that the clock showed during an operation, and the latest one it had shown by its end.
    struct Span {
        var moments: ClosedRange<Timestamp>
        var latest: Timestamp
    }

    func span(from start: Int, to end: Int) -> Span {
        Span(moments: clock.range(from: start, to: end), latest: clock.range(from: 0, to: end).upperBound)
    }

    func presence(_ held: Held?, _ span: Span) -> Presence {
        guard let held else { return .no }
        return presence(of: versions[held.version].expiresAt, span)
    }

    func presence(of expiresAt: Timestamp?, _ span: Span) -> Presence {
        guard let expiresAt else { return .yes }
        if expiresAt <= span.moments.lowerBound { return .no }
        return expiresAt > span.latest ? .yes : .maybe
    }
}
