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
    mutating func take(_ line: Span<UInt8>) -> Step {
        guard !isComplete else { return .incomplete }
        byteCount += line.count
        guard byteCount <= bytesMax else { return .tooLarge }
        let text = Self.trimmed(line, 0..<line.count)
        guard let first = line.indices.first, !text.isEmpty else { return finish() }
        if status == 0, line.count >= 5, line.equals(0..<5, "HTTP/") {
            status = HTTPStatus(rawValue: Self.statusCode(line, text))
        } else if line[first] == UInt8(ascii: " ") || line[first] == UInt8(ascii: "\t") {
            continueLastField(line.text(text))
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":"), in: text) {
            let value = Self.trimmed(line, colon + 1..<text.upperBound)
            headers.append(line.text(text.lowerBound..<colon), line.text(value))
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
    private mutating func continueLastField(_ text: String) {
        guard let last = headers.last else { return }
        headers = HTTPFields(headers.dropLast() + [.init(name: last.name, value: last.value + " " + text)])
    }

    /// The second word of the status line as a number; 0 when it is none.
    private static func statusCode(_ line: Span<UInt8>, _ text: Range<Int>) -> Int {
        guard let blank = line.firstIndex(of: UInt8(ascii: " "), in: text) else { return 0 }
        let rest = line.trimming(blank..<text.upperBound) { $0 == UInt8(ascii: " ") }
        let end = line.firstIndex(of: UInt8(ascii: " "), in: rest) ?? rest.upperBound
        return Int(line.text(rest.lowerBound..<end)) ?? 0
    }

    /// A range without white space and line breaks at both ends.
    private static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        bytes.trimming(range) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    }
}
