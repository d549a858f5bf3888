extension QueueRecord {
    /// The record as a document's body, as its `Codable` form would say it; put together by hand because every message passes
    /// here.
    public var body: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.utf8.count + 160)
        bytes.append(contentsOf: #"{"dequeue_count":"#.utf8)
        bytes.append(contentsOf: String(dequeueCount).utf8)
        appendMember(#","last_error":"#, lastError, to: &bytes)
        appendMember(#","original_queue":"#, originalQueue, to: &bytes)
        appendMember(#","payload":"#, payload, to: &bytes)
        appendMember(#","queue":"#, queue, to: &bytes)
        bytes.append(contentsOf: #","visible_at":""#.utf8)
        visibleAt.append(to: &bytes)
        bytes.append(contentsOf: #""}"#.utf8)
        return bytes
    }

    private func appendMember(_ name: StaticString, _ text: String?, to bytes: inout [UInt8]) {
        guard let text else { return }
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        appendJSONString(text, to: &bytes)
    }

    /// Reads what ``body`` wrote, and any other text that its `Codable` form reads in the same way; nil when that has to decide.
    public init?(body: [UInt8]) {
        if let record = Self(written: body) { self = record } else { self.init(members: body) }
    }

    /// Reads a text that is byte for byte as ``body`` puts it together, but for the values; nil for any other.
    private init?(written body: [UInt8]) {
        var scanner = JSONScanner(body[...], in: 0..<body.count)
        guard scanner.take(#"{"dequeue_count":"#), let number = try? scanner.scanNumber(),
            let dequeueCount = Int(String(decoding: body[number], as: UTF8.self))
        else { return nil }
        if scanner.take(#","last_error":"#) {
            guard let text = scanner.text() else { return nil }
            lastError = text
        }
        if scanner.take(#","original_queue":"#) {
            guard let text = scanner.text() else { return nil }
            originalQueue = text
        }
        guard scanner.take(#","payload":"#), let payload = scanner.text(),
            scanner.take(#","queue":"#), let queue = scanner.text(),
            scanner.take(#","visible_at":"#), let visibleAt = scanner.time(),
            scanner.take("}"), scanner.position == body.count
        else { return nil }
        self.queue = queue
        self.payload = payload
        self.dequeueCount = dequeueCount
        self.visibleAt = visibleAt
    }

    /// Reads an object whose members stand in any order.
    private init?(members body: [UInt8]) {
        var scanner = JSONScanner(body[...], in: 0..<body.count, keepsMembers: true)
        guard (try? scanner.scanDocument()) != nil else { return nil }
        var queue: String?
        var payload: String?
        var dequeueCount: Int?
        var visibleAt: Timestamp?
        var lastError: String?
        var originalQueue: String?
        for member in scanner.members {
            let value = body[member.value]
            switch String(decoding: member.name, as: UTF8.self) {
            case "queue": queue = Self.text(value)
            case "payload": payload = Self.text(value)
            case "dequeue_count": dequeueCount = Int(String(decoding: value, as: UTF8.self))
            case "visible_at": visibleAt = Self.text(value).flatMap(Timestamp.init)
            case "last_error":
                lastError = Self.text(value)
                if lastError == nil { return nil }
            case "original_queue":
                originalQueue = Self.text(value)
                if originalQueue == nil { return nil }
            default: continue
            }
        }
        guard let queue, let payload, let dequeueCount, let visibleAt else { return nil }
        self.queue = queue
        self.payload = payload
        self.dequeueCount = dequeueCount
        self.visibleAt = visibleAt
        self.lastError = lastError
        self.originalQueue = originalQueue
    }

    /// A string's value; nil for any other value.
    private static func text(_ value: ArraySlice<UInt8>) -> String? {
        guard value.first == UInt8(ascii: "\"") else { return nil }
        let inside = value.dropFirst().dropLast()
        if !inside.contains(UInt8(ascii: "\\")) { return String(decoding: inside, as: UTF8.self) }
        var scanner = JSONScanner(value, in: value.startIndex..<value.endIndex)
        guard let token = try? scanner.scanString() else { return nil }
        return String(decoding: scanner.unescaped(token), as: UTF8.self)
    }
}

extension JSONScanner {
    /// Steps over these bytes; false when others stand here.
    fileprivate mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= end else { return false }
        let isHere = text.withUTF8Buffer { bytes[position..<position + count].elementsEqual($0) }
        if isHere { position += count }
        return isHere
    }

    /// Reads a string that is a time; nil for any other value.
    fileprivate mutating func time() -> Timestamp? {
        guard peek() == UInt8(ascii: "\""), let token = try? scanString() else { return nil }
        return token.hasEscapes ? Timestamp(string(token)) : Timestamp(rfc3339: bytes[token.range])
    }

    /// Reads a string; nil for any other value, and for one that is broken.
    fileprivate mutating func text() -> String? {
        guard peek() == UInt8(ascii: "\""), let token = try? scanString() else { return nil }
        return string(token)
    }
}
