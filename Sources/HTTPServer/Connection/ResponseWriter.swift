import FunctionKit

/// How the bytes behind a response's header are delimited.
enum ResponseFraming: Equatable {
    /// No body: HEAD, 204, 205, 304.
    case none
    /// Exactly this many bytes.
    case length(Int)
    /// The chunked transfer coding.
    case chunked
    /// Until the connection ends; HTTP/1.0 without a known length.
    case untilClose
}

/// Writes a response's header (RFC 9112, section 4) and decides on the framing.
enum ResponseWriter {
    /// What the request and the connection demand of the response.
    struct Demands {
        var isHead: Bool
        var minorVersion: UInt8
        var keepsAlive: Bool
        /// Bytes of all field lines of the responder's.
        var headerBytesMax: Int
    }

    /// Appends the header and, unless it is to be streamed, the body.
    ///
    /// - Returns: how a streamed body has to follow and whether the connection lives on.
    /// - Throws: what is wrong with the response; nothing is appended then.
    static func write(
        _ response: HTTPResponse,
        demands: Demands,
        date: [UInt8],
        to output: inout OutputBuffer
    ) throws(ResponseDefect) -> (framing: ResponseFraming, keepsAlive: Bool) {
        let status = response.status.rawValue
        guard (200...599).contains(status) else { throw .status(status) }
        if let length = response.body.length, length < 0 { throw .negativeLength(length) }
        let mark = output.count
        let framing = framing(of: response, demands: demands)
        let keepsAlive = demands.keepsAlive && framing != .untilClose
        writeStatusLine(response.status, to: &output)
        output.append(date)
        // 204 never has a length (RFC 9110, section 8.6), and that of 205 is known.
        let passesLength = demands.isHead && response.body.isEmpty && status != 204 && status != 205
        do throws(ResponseDefect) {
            try writeFields(of: response, passesLength: passesLength, bytesMax: demands.headerBytesMax, to: &output)
        } catch {
            output.truncate(to: mark)
            throw error
        }
        writeFraming(framing, response: response, status: status, passesLength: passesLength, to: &output)
        if !keepsAlive {
            output.append("Connection: close\r\n")
        } else if demands.minorVersion == 0 {
            output.append("Connection: keep-alive\r\n")
        }
        output.append("\r\n")
        if framing != .none {
            if let bytes = response.body.bytes {
                output.append(body: bytes)
            } else if let region = response.body.file {
                output.append(region)
            }
        }
        return (framing, keepsAlive)
    }

    private static func writeFields(
        of response: HTTPResponse,
        passesLength: Bool,
        bytesMax: Int,
        to output: inout OutputBuffer
    ) throws(ResponseDefect) {
        var bytesLeft = bytesMax
        var passesLength = passesLength
        for index in 0..<response.headers.count {
            // By position: a field in a variable would be counted.
            switch ownership(of: response.headers[index].name) {
            case .ours: continue
            case .length where !passesLength || !isNumber(response.headers[index].value): continue
            // Of several the first counts.
            case .length: passesLength = false
            case .theirs: break
            }
            // With ": " and the line's end.
            bytesLeft -= response.headers[index].name.utf8.count + response.headers[index].value.utf8.count + 4
            guard bytesLeft >= 0 else {
                throw .headerTooLarge(name: response.headers[index].name, bytesMax: bytesMax)
            }
            guard !response.headers[index].name.isEmpty,
                output.append(response.headers[index].name, where: { $0.allSatisfy(ByteClass.isToken) })
            else { throw .fieldName(response.headers[index].name) }
            output.append(": ")
            guard output.append(response.headers[index].value, where: { $0.isFieldValue(0..<$0.count) }) else {
                throw .fieldValue(name: response.headers[index].name)
            }
            output.append("\r\n")
        }
    }

    private static func framing(of response: HTTPResponse, demands: Demands) -> ResponseFraming {
        let status = response.status.rawValue
        if demands.isHead || status == 204 || status == 205 || status == 304 { return .none }
        if let length = response.body.length { return .length(length) }
        return demands.minorVersion == 1 ? .chunked : .untilClose
    }

    private static func writeStatusLine(_ status: HTTPStatus, to output: inout OutputBuffer) {
        if status == .ok {
            output.append("HTTP/1.1 200 OK\r\n")
        } else {
            output.append("HTTP/1.1 ")
            output.append(decimal: status.rawValue)
            output.append(" ")
            output.append(status.reasonPhrase)
            output.append("\r\n")
        }
    }

    private static func writeFraming(
        _ framing: ResponseFraming,
        response: HTTPResponse,
        status: Int,
        passesLength: Bool,
        to output: inout OutputBuffer
    ) {
        switch framing {
        case .length(let length): writeLength(length, to: &output)
        case .chunked: output.append("Transfer-Encoding: chunked\r\n")
        case .untilClose: break
        case .none:
            // HEAD: what a GET would say, where that is known (RFC 9110, section 9.3.2).
            if status == 204 || status == 304 || passesLength { return }
            // 205 has no content either, but a client only knows that from its length (RFC 9110, section 15.3.6).
            if status == 205 { return writeLength(0, to: &output) }
            if let length = response.body.length { writeLength(length, to: &output) }
        }
    }

    private static func writeLength(_ length: Int, to output: inout OutputBuffer) {
        output.append("Content-Length: ")
        output.append(decimal: length)
        output.append("\r\n")
    }

    private enum Ownership { case ours, length, theirs }

    /// Fields that describe the connection or the framing are the server's alone.
    private static func ownership(of name: String) -> Ownership {
        switch name.utf8.count {
        case 4: equalsIgnoringASCIICase(name, "Date") ? .ours : .theirs
        case 7: equalsIgnoringASCIICase(name, "Trailer") || equalsIgnoringASCIICase(name, "Upgrade") ? .ours : .theirs
        case 10:
            equalsIgnoringASCIICase(name, "Connection") || equalsIgnoringASCIICase(name, "Keep-Alive") ? .ours : .theirs
        case 14: equalsIgnoringASCIICase(name, "Content-Length") ? .length : .theirs
        case 17: equalsIgnoringASCIICase(name, "Transfer-Encoding") ? .ours : .theirs
        default: .theirs
        }
    }

    private static func isNumber(_ value: String) -> Bool {
        !value.isEmpty && value.utf8.count <= 18 && value.utf8.allSatisfy(ByteClass.isDigit)
    }
}
