/// How many bytes a request's body may have before it is answered 413.
enum BodySizeLimit {
    /// Azure's setting, which overrides `extensions.server.bodyBytesMax` of `host.json`.
    static let setting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"

    /// The limit, and what to say of a setting that is none.
    static func read(fallback: Int, settings: (String) -> String?) -> (bytes: Int, warning: String?) {
        guard let text = settings(setting) else { return (fallback, nil) }
        if let bytes = Int(trimmingSpaces(text[...])), bytes > 0 { return (bytes, nil) }
        let reason = "'\(text)' is not a whole number of bytes above 0, so \(fallback) counts."
        return (fallback, "\(setting): \(reason)")
    }
}
