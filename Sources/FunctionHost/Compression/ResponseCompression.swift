import FunctionKit

/// Compresses answers with gzip where the client takes it and where it pays (RFC 9110, sections 8.4 and 12.5.3).
struct ResponseCompression: Sendable {
    /// Bodies below this many bytes are sent as they are: they fit one packet either way.
    static let bodyBytesMin = 1024
    /// Bodies in memory above this many bytes are compressed on another thread than the event loop's, which they would hold for more than
    /// a millisecond.
    static let inlineBytesMax = 65_536

    private let pool: DeflaterPool

    /// Nil when compression is off.
    init?(_ options: CompressionOptions) {
        guard options.isEnabled else { return nil }
        self.init(DeflaterPool(level: options.level))
    }

    init(_ pool: DeflaterPool) { self.pool = pool }

    /// Compresses an answer, or leaves it alone.
    func apply(to response: inout HTTPResponse, for request: HTTPRequest) async {
        if response.status == 304 { return Self.fitNotModified(&response.headers, for: request) }
        guard Self.mayCompress(response, for: request) else { return }
        Self.addVary(&response.headers)
        guard AcceptEncoding(request.headers).preferred(among: ["gzip"]) != nil else { return }
        if request.method == .head {
            // What a GET would say; its length would be known only after the work.
            response.headers["Content-Length"] = nil
            response.body = HTTPBody(source: { nil })
        } else {
            guard let loan = pool.take() else { return }
            response.body = await Self.compressed(response.body, loan)
        }
        response.headers.append("Content-Encoding", "gzip")
        if let tag = Self.weakened(response.headers) { response.headers["ETag"] = "\(tag)" }
    }

    private static func compressed(_ body: HTTPBody, _ loan: DeflaterPool.Loan) async -> HTTPBody {
        guard let bytes = body.bytes else { return stream(body.makeSource(), loan) }
        guard bytes.count > inlineBytesMax else { return HTTPBody(loan.deflater.compress(bytes, isLast: true)) }
        // A child task begins on a thread of the concurrency pool, always.
        async let result = loan.deflater.compress(bytes, isLast: true)
        return HTTPBody(await result)
    }

    /// Each chunk is let out as it comes, so that an event reaches its reader at once.
    private static func stream(_ source: @escaping HTTPBody.Source, _ loan: DeflaterPool.Loan) -> HTTPBody {
        // The loan ends with the stream, or with the body that holds it.
        let loan = LockedState<DeflaterPool.Loan?>(loan)
        return HTTPBody {
            guard let deflater = loan.withLock({ $0 })?.deflater else { return nil }
            guard let chunk = try await source() else {
                let end = deflater.compress([], isLast: true)
                loan.withLock { $0 = nil }
                return end
            }
            return chunk.isEmpty ? [] : deflater.compress(chunk, isLast: false)
        }
    }

    /// Whether an answer is one that is compressed for those who take it.
    private static func mayCompress(_ response: HTTPResponse, for request: HTTPRequest) -> Bool {
        guard hasCompressibleStatus(response.status.rawValue), isLongEnough(response, isHead: request.method == .head)
        else { return false }
        let headers = response.headers
        guard headers["Content-Encoding"] == nil, headers["Content-Range"] == nil,
            let type = headers["Content-Type"], CompressibleTypes.contains(type)
        else { return false }
        return !headers.values(of: "Cache-Control").contains { value in
            listEntries(of: value[...]).contains { equalsIgnoringASCIICase(String($0), "no-transform") }
        }
    }

    /// A 304 says what the 200 would say (RFC 9110, section 15.4.5): that the coding was a matter of choice, and the tag of the answer that
    /// the client holds, which is weak where that one was compressed.
    private static func fitNotModified(_ headers: inout HTTPFields, for request: HTTPRequest) {
        addVary(&headers)
        guard let tag = weakened(headers), tag.isNamed(in: request.headers.values(of: "If-None-Match")) else { return }
        headers["ETag"] = "\(tag)"
    }

    /// The tag of an answer as the compressed one has it; nil when it has none, or a weak one already.
    private static func weakened(_ headers: HTTPFields) -> EntityTag? {
        guard let tag = headers["ETag"].flatMap({ EntityTag(field: $0) }), !tag.isWeak else { return nil }
        return EntityTag(tag.opaque, isWeak: true)
    }

    /// A part of a representation (206) is a part of its bytes as they are; the others have no body.
    private static func hasCompressibleStatus(_ status: Int) -> Bool {
        (200...599).contains(status) && ![204, 205, 206, 304].contains(status)
    }

    /// Files are left to the system's own way, and to variants that were compressed before.
    private static func isLongEnough(_ response: HTTPResponse, isHead: Bool) -> Bool {
        if response.body.file != nil { return false }
        guard let length = response.body.length, length < bodyBytesMin else { return true }
        // To HEAD a function may answer with the length alone.
        return isHead && length == 0 && response.headers["Content-Length"].flatMap { Int($0) } ?? 0 >= bodyBytesMin
    }

    private static func addVary(_ headers: inout HTTPFields) {
        let names = headers.values(of: "Vary").flatMap { listEntries(of: $0[...]) }.map(String.init)
        guard !names.contains(where: { $0 == "*" || equalsIgnoringASCIICase($0, "Accept-Encoding") }) else { return }
        headers.append("Vary", "Accept-Encoding")
    }
}
