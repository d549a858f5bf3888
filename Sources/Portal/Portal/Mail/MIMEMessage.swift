import FunctionKit

/// An e-mail as the bytes of a `message/rfc822` file (RFC 5322, RFC 2045, RFC 2046): both forms as `multipart/alternative`.
struct MIMEMessage {
    /// The e-mail.
    var email: Email
    /// Who sends it.
    var from: Mailbox
    /// A unique id; the boundary and the `Message-ID` are made from it.
    var id: String
    /// When it is sent.
    var date: Timestamp

    /// The whole message with CRLF line ends.
    var bytes: [UInt8] {
        let boundary = "=_\(id)"
        let domain = from.address.split(separator: "@").last.map(String.init) ?? "localhost"
        var lines = [
            "From: \(HeaderEncoding.mailbox(name: from.name, address: from.address))",
            "To: \(HeaderEncoding.mailbox(name: email.to.name, address: email.to.address))",
            "Subject: \(HeaderEncoding.unstructured(email.subject))",
            "Date: \(MailDate.mail(date))",
            "Message-ID: <\(id)@\(domain)>",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
            "",
        ]
        for (type, text) in [("text/plain", email.text), ("text/html", email.html)] {
            lines += [
                "--\(boundary)",
                "Content-Type: \(type); charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "",
                QuotedPrintable.encoded(text),
            ]
        }
        lines += ["--\(boundary)--", ""]
        return Array(lines.joined(separator: "\r\n").utf8)
    }
}

/// The quoted-printable transfer encoding (RFC 2045, section 6.7), which leaves a mail readable in an editor.
enum QuotedPrintable {
    private static let lineCharactersMax = 76

    /// The text with CRLF line ends and lines of at most 76 characters.
    static func encoded(_ text: String) -> String {
        var lines: [[UInt8]] = []
        for line in normalised(text).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            lines += encodedLine(Array(line))
        }
        return String(decoding: Array(lines.joined(separator: Array("\r\n".utf8))), as: UTF8.self)
    }

    /// One line as one or more lines, all but the last with a soft break.
    private static func encodedLine(_ line: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        for (position, byte) in line.enumerated() {
            let unit = encodedByte(byte, isLast: position == line.count - 1)
            if lines[lines.count - 1].count + unit.count >= lineCharactersMax {
                lines[lines.count - 1].append(UInt8(ascii: "="))
                lines.append([])
            }
            lines[lines.count - 1] += unit
        }
        return lines
    }

    private static func encodedByte(_ byte: UInt8, isLast: Bool) -> [UInt8] {
        let isSpace = byte == 0x20 || byte == 0x09
        let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
        if isPlain || (isSpace && !isLast) { return [byte] }
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }

    /// Every kind of line end as a line feed.
    private static func normalised(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var previous: UInt8 = 0
        for byte in text.utf8 {
            defer { previous = byte }
            if byte == UInt8(ascii: "\r") {
                result.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || previous != UInt8(ascii: "\r") {
                result.append(byte)
            }
        }
        return result
    }
}
