/// Reads what a connection has sent, as a strict client does that knows its requests.
struct AnswerReader {
    struct Answer {
        var status: Int
        var fields: [(name: String, value: String)]
        var content: [UInt8]
        var isComplete: Bool

        func values(of name: String) -> [String] { fields.filter { $0.name.lowercased() == name }.map(\.value) }
    }

    struct Malformed: Error { var reason: String }

    private(set) var continueCount = 0
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The next answer, to a request with HEAD or another; `interim` answers before it are counted.
    mutating func next(toHead isHead: Bool) throws -> Answer {
        while true {
            let status = try statusLine()
            let fields = try fields()
            if status == 100 {
                guard fields.isEmpty else { throw Malformed(reason: "100 with fields") }
                continueCount += 1
                continue
            }
            var answer = Answer(status: status, fields: fields, content: [], isComplete: true)
            try readContent(&answer, isHead: isHead)
            return answer
        }
    }

    /// Skips interim answers; true when nothing follows.
    mutating func endsAfterInterim() throws -> Bool {
        let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        while bytes[position...].starts(with: interim) {
            position += interim.count
            continueCount += 1
        }
        return isAtEnd
    }

    private mutating func line() throws -> String {
        guard let end = bytes[position...].firstIndex(of: 13), end + 1 < bytes.count, bytes[end + 1] == 10 else {
            throw Malformed(reason: "a line without its end")
        }
        let line = bytes[position..<end]
        guard line.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else {
            throw Malformed(reason: "a control character in a line")
        }
        position = end + 2
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func statusLine() throws -> Int {
        let line = try line()
        guard line.hasPrefix("HTTP/1.1 "), let status = Int(line.dropFirst(9).prefix(3)), (100...599).contains(status),
            line.dropFirst(12).first == " "
        else { throw Malformed(reason: "no status line: \(line)") }
        return status
    }

    private mutating func fields() throws -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        while true {
            let line = try line()
            if line.isEmpty { return fields }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(where: { $0 == " " || $0 == "\t" }) else {
                throw Malformed(reason: "no field: \(line)")
            }
            fields.append((String(parts[0]), String(parts[1].drop { $0 == " " })))
        }
    }

    private mutating func readContent(_ answer: inout Answer, isHead: Bool) throws {
        let lengths = answer.values(of: "content-length")
        let codings = answer.values(of: "transfer-encoding")
        guard lengths.count + codings.count <= 1 else { throw Malformed(reason: "framed twice") }
        let isBodiless = answer.status == 204 || answer.status == 304
        if answer.status == 204, lengths.count + codings.count > 0 { throw Malformed(reason: "204 with framing") }
        if answer.status == 205, lengths != ["0"] { throw Malformed(reason: "205 with content") }
        if isHead || isBodiless { return }
        if let text = lengths.first {
            guard let length = Int(text), length >= 0 else { throw Malformed(reason: "Content-Length: \(text)") }
            answer.isComplete = take(length, into: &answer.content)
        } else if let coding = codings.first {
            guard coding == "chunked" else { throw Malformed(reason: "Transfer-Encoding: \(coding)") }
            try readChunks(&answer)
        } else {
            guard answer.values(of: "connection") == ["close"] else { throw Malformed(reason: "content without end") }
            _ = take(bytes.count - position, into: &answer.content)
        }
    }

    private mutating func take(_ count: Int, into content: inout [UInt8]) -> Bool {
        let end = min(bytes.count, position + count)
        content += bytes[position..<end]
        defer { position = end }
        return end - position == count
    }

    private mutating func readChunks(_ answer: inout Answer) throws {
        answer.isComplete = false
        while !isAtEnd {
            guard let size = Int(try line(), radix: 16), size >= 0 else { throw Malformed(reason: "no chunk size") }
            guard take(size, into: &answer.content) else { return }
            // A large chunk's line end goes with the next chunk.
            if isAtEnd, size > 0 { return }
            guard try line().isEmpty else { throw Malformed(reason: "no line end behind a chunk") }
            if size == 0 {
                answer.isComplete = true
                return
            }
        }
    }
}
