import FunctionKit

/// Collects the header section of a response from the lines that libcurl hands over; interim responses are passed over.
struct ResponseHead {
    /// What a line brought about.
    enum Step: Equatable {
        /// More lines follow.
        case incomplete
        /// The final response's header section is complete.
        case complete
        /// The section is larger than the bound.
        case tooLarge
        /// The server switches to a protocol that nobody asked for.
        case unwantedUpgrade
    }

    private(set) var status: HTTPStatus = 0
    private(set) var headers: HTTPFields = [:]
    private var isComplete = false
    private var byteCount = 0
    private let bytesMax: Int

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Takes one line with its line break. Lines behind the section are trailers, which are dropped.
    mutating func take(_ line: some Collection<UInt8>) -> Step {
        guard !isComplete else { return .incomplete }
        byteCount += line.count
        guard byteCount <= bytesMax else { return .tooLarge }
        let text = trimmed(line)
        if text.isEmpty { return finish() }
        if line.starts(with: "HTTP/".utf8), status == 0 {
            status = HTTPStatus(rawValue: Self.statusCode(text))
        } else if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
            continueLastField(text)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            headers.append(
                String(decoding: text[..<colon], as: UTF8.self),
                String(decoding: trimmed(text[text.index(after: colon)...]), as: UTF8.self)
            )
        }
        return .incomplete
    }

    /// The length that the header section promises; nil when it promises none. Chunked coding overrules it (RFC 9112, 6.3).
    var contentLength: Int? {
        guard headers["Transfer-Encoding"] == nil, let text = headers["Content-Length"] else { return nil }
        return Int(text).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Whether bytes follow (RFC 9110, section 6.4.1).
    func hasBody(answering method: HTTPMethod) -> Bool {
        method != .head && status != .noContent && status != .notModified
    }

    private mutating func finish() -> Step {
        if status.rawValue == 101 { return .unwantedUpgrade }
        guard status.rawValue >= 200 else {
            status = 0
            headers = [:]
            return .incomplete
        }
        isComplete = true
        return .complete
    }

    /// A line that begins with white space belongs to the field before it (RFC 9112, section 5.2).
    private mutating func continueLastField(_ text: some Collection<UInt8>) {
        guard let last = headers.last else { return }
        let joined = last.value + " " + String(decoding: text, as: UTF8.self)
        headers = HTTPFields(headers.dropLast() + [.init(name: last.name, value: joined)])
    }

    private static func statusCode(_ line: some Collection<UInt8>) -> Int {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        return parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
    }
}

/// Drops white space and line breaks at both ends.
private func trimmed<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> [UInt8] {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    var result = Array(bytes.drop(while: isSpace))
    while let last = result.last, isSpace(last) { result.removeLast() }
    return result
}
