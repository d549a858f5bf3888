/// How many bytes a request's body may have before it is answered 413.
enum BodySizeLimit {
    /// The setting that overrides ``bytesDefault``.
    static let setting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"
    /// 100 MiB, Azure's limit.
    static let bytesDefault = 104_857_600

    /// The limit, and what to say of a setting that is none.
    static func read(settings: (String) -> String?) -> (bytes: Int, warning: String?) {
        guard let text = settings(setting) else { return (bytesDefault, nil) }
        if let bytes = Int(trimmingSpaces(text[...])), bytes > 0 { return (bytes, nil) }
        let reason = "'\(text)' is not a whole number of bytes above 0, so \(bytesDefault) counts."
        return (bytesDefault, "\(setting): \(reason)")
    }
}
