import FunctionKit

/// Writes the members of a document one after another. A burst of ten thousand timers is as many documents, and a JSON encoder is the
/// greater part of what one costs.
struct RecordJSON {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() { bytes.reserveCapacity(256) }

    /// The whole document.
    var document: [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func add(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        begin(name)
        appendJSONString(text, to: &bytes)
    }

    mutating func add(_ name: StaticString, _ moment: Timestamp?) {
        guard let moment else { return }
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        moment.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func add(_ name: StaticString, _ number: Int64?) {
        guard let number else { return }
        begin(name)
        LineBytes.with(capacity: 20) { digits in
            digits.append(decimal: number)
            bytes.append(contentsOf: digits.written)
        }
    }

    mutating func add(_ name: StaticString, _ flag: Bool?) {
        guard let flag else { return }
        begin(name)
        bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
    }

    private mutating func begin(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(contentsOf: "\":".utf8)
    }
}

extension TimerRecord {
    /// The document's JSON, as `Codable` would read it.
    var json: [UInt8] {
        var json = RecordJSON()
        json.add("last", last)
        json.add("next", next)
        json.add("last_updated", lastUpdated)
        json.add("accounted", accounted)
        json.add("is_disabled", isDisabled)
        json.add("history_first", historyFirst)
        json.add("history_next", historyNext)
        return json.document
    }
}

extension TimerHistoryEntry {
    /// The document's JSON, as `Codable` would read it.
    var json: [UInt8] {
        var json = RecordJSON()
        json.add("outcome", outcome.rawValue)
        json.add("reason", reason.rawValue)
        json.add("at", at)
        json.add("until", until)
        json.add("count", count.map(Int64.init))
        json.add("at_least", isAtLeast)
        json.add("started_at", startedAt)
        json.add("duration_ms", durationMilliseconds)
        json.add("error", error)
        json.add("invocation_id", invocationID)
        json.add("host", host)
        return json.document
    }
}
