import FunctionKit

/// Media types whose bytes repeat themselves.
enum CompressibleTypes {
    private static let names: Set<String> = [
        "application/graphql", "application/javascript", "application/json", "application/jsonl", "application/ld+json",
        "application/manifest+json", "application/rtf", "application/vnd.ms-fontobject", "application/wasm",
        "application/x-javascript", "application/x-ndjson", "application/xml", "application/yaml", "font/otf",
        "font/ttf",
        "image/bmp", "image/vnd.microsoft.icon", "image/x-icon",
    ]

    /// Whether a type is text, one of those that are known to shrink, or JSON or XML by its suffix (RFC 6839).
    static func contains(_ field: String) -> Bool {
        let type = String(trimmingSpaces(field.prefix { $0 != ";" })).lowercased()
        return type.hasPrefix("text/") || names.contains(type) || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || type.hasSuffix("+text")
    }
}
