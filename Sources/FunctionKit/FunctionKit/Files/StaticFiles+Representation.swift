extension StaticFiles {
    /// A file as it is going to be sent: itself, or a variant that was compressed before.
    struct Representation {
        let file: OpenFile
        /// The type of what is compressed, not of its compression.
        let mediaType: String
        let coding: String?
        /// Whether another client might get another one.
        let varies: Bool

        /// Strong, as long as a change of the content changes its time (which Linux counts in steps of some milliseconds) or its size.
        var tag: EntityTag {
            let time = String(file.modifiedSecond, radix: 16) + "." + String(file.modifiedNanosecond, radix: 16)
            return EntityTag(known: "\(time)-\(String(file.byteCount, radix: 16))" + (coding.map { "-\($0)" } ?? ""))
        }
    }

    /// The codings of the variants that are looked for, the smallest first, with what their names end with.
    private static let variants = [(coding: "br", ending: ".br"), (coding: "gzip", ending: ".gz")]

    func representation(
        of file: OpenFile,
        name: String,
        _ parts: [String],
        for request: HTTPRequest
    ) throws(FileError) -> Representation {
        let mediaType = MediaTypes.type(of: name, more: options.mediaTypes)
        var variants: [(coding: String, file: OpenFile)] = []
        if options.usesPrecompressed {
            for variant in Self.variants {
                guard case .file(let found) = try access.open(parts.dropLast() + [(parts.last ?? "") + variant.ending]),
                    // One that is older was made from what the file was before. In whole seconds, as some tools keep no more.
                    found.modifiedSecond >= file.modifiedSecond
                else { continue }
                variants.append((variant.coding, found))
            }
        }
        let coding = variants.isEmpty ? nil : AcceptEncoding(request.headers).preferred(among: variants.map(\.coding))
        let chosen = variants.first { $0.coding == coding }?.file
        return Representation(file: chosen ?? file, mediaType: mediaType, coding: coding, varies: !variants.isEmpty)
    }

    func respond(
        to request: HTTPRequest,
        _ file: OpenFile,
        name: String,
        _ parts: [String]
    ) throws(FileError) -> HTTPResponse {
        let representation = try representation(of: file, name: name, parts, for: request)
        let now = clock.now.seconds
        // A time that has not come yet is the answer's own (RFC 9110, section 8.8.2.1).
        let modified = min(representation.file.modifiedSecond, now)
        let conditions = Preconditions(tag: representation.tag, modified: modified, now: now)
        var headers = common(representation)
        switch conditions.verdict(on: request) {
        case .failed: return HTTPResponse(status: 412)
        case .notModified: return HTTPResponse(status: .notModified, headers: headers)
        case .proceed: break
        }
        headers.append("Last-Modified", HTTPDate.text(second: modified))
        headers.append("Accept-Ranges", "bytes")
        headers.append("X-Content-Type-Options", "nosniff")
        if let coding = representation.coding { headers.append("Content-Encoding", coding) }
        // A range is asked for by GET alone (RFC 9110, section 14.2).
        guard request.method == .get, conditions.allowsRange(request.headers) else {
            return whole(representation, headers)
        }
        let length = representation.file.byteCount
        switch ByteRanges.select(request.headers.values(of: "Range"), of: length) {
        case .whole: return whole(representation, headers)
        case .parts(let parts): return partial(representation, headers, parts)
        case .unsatisfiable:
            return HTTPResponse(status: 416, headers: ["Content-Range": "bytes */\(length)", "Accept-Ranges": "bytes"])
        }
    }

    /// What a 304 repeats of the 200 (RFC 9110, section 15.4.5).
    private func common(_ representation: Representation) -> HTTPFields {
        var headers: HTTPFields = ["ETag": representation.tag.description]
        if let cacheControl = options.cacheControl { headers.append("Cache-Control", cacheControl) }
        if representation.varies { headers.append("Vary", "Accept-Encoding") }
        return headers
    }

    private func whole(_ representation: Representation, _ headers: HTTPFields) -> HTTPResponse {
        var headers = headers
        headers.append("Content-Type", representation.mediaType)
        return HTTPResponse(headers: headers, body: HTTPBody(representation.file))
    }

    private func partial(
        _ representation: Representation,
        _ headers: HTTPFields,
        _ parts: [Range<Int>]
    ) -> HTTPResponse {
        var headers = headers
        let file = representation.file
        guard parts.count > 1 else {
            headers.append("Content-Type", representation.mediaType)
            headers.append("Content-Range", contentRange(parts[0], of: file.byteCount))
            return HTTPResponse(status: 206, headers: headers, body: HTTPBody(FileRegion(file, parts[0])))
        }
        let boundary = random.bytes(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let multipart = MultipartRanges(file, parts, mediaType: representation.mediaType, boundary: boundary)
        headers.append("Content-Type", multipart.mediaType)
        return HTTPResponse(status: 206, headers: headers, body: multipart.body)
    }
}
