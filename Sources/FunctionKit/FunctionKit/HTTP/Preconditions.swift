/// What the conditions of a request say about a representation (RFC 9110, section 13), in the order of section 13.2.2.
struct Preconditions {
    enum Verdict: Equatable {
        /// The method is performed.
        case proceed
        /// 304: the client has this representation.
        case notModified
        /// 412: it is not the one that the client wants to act on.
        case failed
    }

    /// The representation's validators.
    let tag: EntityTag
    /// Seconds since 1970, as `Last-Modified` says.
    let modified: Int64
    /// The time of the answer, in seconds since 1970.
    let now: Int64

    func verdict(on request: HTTPRequest) -> Verdict {
        let fields = request.headers
        let isRead = request.method == .get || request.method == .head
        let ifMatch = fields.values(of: "If-Match")
        if !ifMatch.isEmpty {
            guard EntityTag.List(ifMatch).contains(tag.matchesStrongly) else { return .failed }
        } else if let date = date("If-Unmodified-Since", fields), modified > date {
            return .failed
        }
        let ifNoneMatch = fields.values(of: "If-None-Match")
        if !ifNoneMatch.isEmpty {
            guard EntityTag.List(ifNoneMatch).contains(tag.matchesWeakly) else { return .proceed }
            return isRead ? .notModified : .failed
        }
        if isRead, let date = date("If-Modified-Since", fields), modified <= date { return .notModified }
        return .proceed
    }

    /// Whether `If-Range` (section 13.1.5), where there is one, lets the range count.
    func allowsRange(_ fields: HTTPFields) -> Bool {
        let values = fields.values(of: "If-Range")
        guard let value = values.first else { return true }
        guard values.count == 1 else { return false }
        if let tag = EntityTag(field: value) { return tag.matchesStrongly(self.tag) }
        // A date is a strong validator only when the file has rested for longer than the second that it names.
        return HTTPDate.second(of: value, now: now) == modified && modified < now
    }

    /// A date that can be read and stands alone; a condition with any other is no condition.
    private func date(_ name: String, _ fields: HTTPFields) -> Int64? {
        let values = fields.values(of: name)
        return values.count == 1 ? HTTPDate.second(of: values[0], now: now) : nil
    }
}
