import FunctionKit

/// Turns the parts that llhttp found into a checked header.
///
/// llhttp accepts more than RFC 9112 allows in places that differ from version to version. So the whole header is walked
/// once more: every byte between the parts must be exactly the delimiter that the grammar asks for.
struct HeadBuilder {
    private let lineBytesMax: Int
    private let headerBytesMax: Int
    /// The length of the header; valid once ``build(_:_:)`` has returned.
    private(set) var length = 0

    private var headers: [HTTPFields.Field] = []
    private var host: Range<Int>?
    private var contentLength: Int?
    private var codingCount = 0
    private var isChunked = false
    private var connection = ConnectionOptions()
    private var expectsContinue = false

    init(lineBytesMax: Int, headerBytesMax: Int) {
        self.lineBytesMax = lineBytesMax
        self.headerBytesMax = headerBytesMax
    }

    mutating func build(_ bytes: Span<UInt8>, _ collector: borrowing HeadCollector) throws(RequestRefusal)
        -> RequestHead
    {
        let (method, minorVersion, lineEnd) = try readRequestLine(bytes, collector.target)
        try readFields(bytes, collector.fields, from: lineEnd)
        let target = try RequestTarget(bytes, collector.target, isOptions: method == .options)
        try settleHost(bytes, target: target, minorVersion: minorVersion)
        let framing = try settleFraming(minorVersion: minorVersion)
        return RequestHead(
            request: HTTPRequest(
                method: method,
                path: target.path,
                query: target.query,
                headers: HTTPFields(headers)
            ),
            minorVersion: minorVersion,
            framing: framing,
            keepsAlive: minorVersion == 1 ? !connection.closes : connection.keepsAlive && !connection.closes,
            expectsContinue: expectsContinue && minorVersion == 1
        )
    }

    // MARK: Request line

    private func readRequestLine(
        _ bytes: Span<UInt8>,
        _ target: Range<Int>
    ) throws(RequestRefusal) -> (method: HTTPMethod, minorVersion: UInt8, end: Int) {
        guard target.lowerBound > 1, bytes[target.lowerBound - 1] == 0x20 else {
            throw .malformed("The request line is malformed.")
        }
        let method = 0..<target.lowerBound - 1
        guard bytes.allSatisfy(method, ByteClass.isToken) else { throw .malformed("The method is malformed.") }
        let version = target.upperBound
        guard version + 11 <= bytes.count, bytes.equals(version..<version + 6, lowercased: " http/") else {
            // A line without a version is HTTP/0.9's.
            throw bytes[version] == carriageReturn ? .unsupportedVersion : .malformed("The request line is malformed.")
        }
        guard bytes[version + 1] == UInt8(ascii: "H"), bytes[version + 9] == carriageReturn,
            bytes[version + 10] == lineFeed
        else { throw .malformed("The request line is malformed.") }
        let minorVersion = bytes[version + 8] &- UInt8(ascii: "0")
        guard bytes[version + 6] == UInt8(ascii: "1"), bytes[version + 7] == UInt8(ascii: "."), minorVersion <= 1 else {
            throw .unsupportedVersion
        }
        guard version + 11 <= lineBytesMax else { throw .targetTooLong }
        guard !bytes.equals(method, "CONNECT"), !bytes.equals(method, "PRI") else { throw .unknownMethod }
        // Most are of one method, whose text need not be made anew.
        let name = bytes.equals(method, "GET") ? .get : HTTPMethod(rawValue: bytes.text(method))
        return (name, minorVersion, version + 11)
    }

    // MARK: Fields

    private mutating func readFields(_ bytes: Span<UInt8>, _ fields: [FieldSpan], from start: Int)
        throws(RequestRefusal)
    {
        headers.reserveCapacity(fields.count)
        var position = start
        for field in fields { position = try readField(bytes, field, at: position) }
        guard position + 2 <= bytes.count, bytes[position] == carriageReturn, bytes[position + 1] == lineFeed else {
            throw .malformed("A header field is malformed.")
        }
        guard position - start <= headerBytesMax else { throw .headerTooLarge }
        length = position + 2
    }

    /// Checks one field line and notes its value; returns where the next line begins.
    private mutating func readField(_ bytes: Span<UInt8>, _ field: FieldSpan, at start: Int) throws(RequestRefusal)
        -> Int
    {
        let name = field.name
        guard name.lowerBound == start, !name.isEmpty, bytes[name.upperBound] == UInt8(ascii: ":") else {
            throw .malformed("A header field's name is malformed.")
        }
        guard bytes.allSatisfy(name, ByteClass.isToken) else { throw .malformed("A header field's name is malformed.") }
        var first = name.upperBound + 1
        while first < bytes.count, ByteClass.isBlank(bytes[first]) { first += 1 }
        let spanEnd = field.value.isEmpty ? first : field.value.upperBound
        guard field.value.isEmpty || field.value.lowerBound == first, spanEnd + 1 < bytes.count,
            bytes[spanEnd] == carriageReturn, bytes[spanEnd + 1] == lineFeed
        else { throw .malformed("A header field is malformed.") }
        guard bytes.isFieldValue(first..<spanEnd) else {
            throw .malformed("A header field's value holds a control character.")
        }
        let value = bytes.withoutOuterBlanks(first..<spanEnd)
        try interpret(bytes, name: name, value: value)
        headers.append(HTTPFields.Field(name: FieldNames.text(bytes, name), value: bytes.text(value)))
        return spanEnd + 2
    }

    private mutating func interpret(_ bytes: Span<UInt8>, name: Range<Int>, value: Range<Int>) throws(RequestRefusal) {
        switch name.count {
        case 4 where bytes.equals(name, lowercased: "host"):
            guard host == nil else { throw .malformed("Host is given twice.") }
            host = value
        case 6 where bytes.equals(name, lowercased: "expect"):
            guard bytes.equals(value, lowercased: "100-continue") else { throw .unknownExpectation }
            expectsContinue = true
        case 10 where bytes.equals(name, lowercased: "connection"):
            connection.read(bytes, value)
        case 14 where bytes.equals(name, lowercased: "content-length"):
            guard contentLength == nil else { throw .malformed("Content-Length is given twice.") }
            contentLength = try readContentLength(bytes, value)
        case 17 where bytes.equals(name, lowercased: "transfer-encoding"):
            guard !value.isEmpty else { throw .malformed("Transfer-Encoding is empty.") }
            codingCount += 1
            isChunked = bytes.equals(value, lowercased: "chunked")
        default: break
        }
    }

    /// Digits only; a number that does not fit is larger than any bound.
    private func readContentLength(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(RequestRefusal) -> Int {
        guard !value.isEmpty else { throw .malformed("Content-Length is not a number.") }
        var length = 0
        for index in value {
            guard ByteClass.isDigit(bytes[index]) else { throw .malformed("Content-Length is not a number.") }
            let (product, overflowed) = length.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int(bytes[index] - UInt8(ascii: "0")))
            guard !overflowed, !carried else { throw .bodyTooLarge }
            length = sum
        }
        return length
    }

    // MARK: What the fields mean together

    private mutating func settleHost(
        _ bytes: Span<UInt8>,
        target: RequestTarget,
        minorVersion: UInt8
    ) throws(RequestRefusal) {
        if let host {
            guard HostField.isValid(bytes, host) else { throw .malformed("Host is malformed.") }
        } else if minorVersion == 1 {
            throw .malformed("Host is missing.")
        }
        guard let authority = target.authority else { return }
        // The target's authority counts, whatever Host says (RFC 9112, section 3.2.2).
        headers.removeAll { equalsIgnoringASCIICase($0.name, "Host") }
        headers.append(HTTPFields.Field(name: "Host", value: authority))
    }

    private func settleFraming(minorVersion: UInt8) throws(RequestRefusal) -> RequestFraming {
        guard codingCount > 0 else {
            guard let contentLength, contentLength > 0 else { return .none }
            return .length(contentLength)
        }
        guard contentLength == nil else { throw .malformed("Content-Length and Transfer-Encoding are both given.") }
        guard minorVersion == 1 else { throw .malformed("Transfer-Encoding is not part of HTTP/1.0.") }
        guard codingCount == 1 else { throw .malformed("Transfer-Encoding is given twice.") }
        guard isChunked else { throw .unknownCoding }
        return .chunked
    }
}

/// The options of `Connection` that matter here (RFC 9110, section 7.6.1).
struct ConnectionOptions {
    var closes = false
    var keepsAlive = false

    mutating func read(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            let end = bytes.firstIndex(of: UInt8(ascii: ","), in: start..<value.upperBound) ?? value.upperBound
            let option = bytes.withoutOuterBlanks(start..<end)
            if bytes.equals(option, lowercased: "close") { closes = true }
            if bytes.equals(option, lowercased: "keep-alive") { keepsAlive = true }
            start = end + 1
        }
    }
}
