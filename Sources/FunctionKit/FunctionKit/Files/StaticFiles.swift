/// Answers requests with the files of one folder: caching, conditions, ranges and precompressed variants as RFC 9110 has them.
///
/// A function with a route such as `site/{*path}` calls ``respond(to:path:)``. Whatever is not a plain file within the folder is
/// 404, and nothing tells why: hidden files, `..`, links that lead out, devices, folders without an index. The files are opened anew for
/// each request, so that a deployment that replaces them, or the whole folder, counts at once.
public struct StaticFiles: Sendable {
    /// What may differ from folder to folder.
    public struct Options: Sendable {
        /// The file that answers for a folder, at a path that ends with `/`; nil for none. Without the `/` the answer is a redirect to it.
        public var indexFile: String? = "index.html"
        /// The value of `Cache-Control`; nil for none, which leaves caches to guess from `Last-Modified`.
        public var cacheControl: String?
        /// Whether `NAME.br` and `NAME.gz`, where they are no older than `NAME`, are sent to clients that take these codings.
        public var usesPrecompressed = true
        /// Media types by extension in lower case, before the built-in ones: `["geojson": "application/geo+json"]`.
        public var mediaTypes: [String: String] = [:]

        /// Makes the defaults.
        public init() {}
    }

    /// The longest path in bytes, after which it is 404: Linux' own bound.
    public static let pathBytesMax = 4096

    let access: FolderAccess
    let options: Options
    let clock: any AppClock
    let random: any RandomSource

    /// Serves a folder of the app.
    ///
    /// - Parameter folder: relative to the app's root, which the setting `AzureWebJobsScriptRoot` names, or an absolute path.
    /// - Throws: ``FileError`` when there is no such folder.
    public init(folder: String, app: AppContext, options: Options = Options()) throws(FileError) {
        var path = folder
        if !folder.hasPrefix("/"), let root = app.settings["AzureWebJobsScriptRoot"] { path = "\(root)/\(folder)" }
        try self.init(folder: path, options: options, clock: app.clock, random: app.random)
    }

    /// Serves any folder.
    ///
    /// - Parameters:
    ///   - clock: tells what a date of two digits means and whether a file has rested since its last change.
    ///   - random: makes the boundaries between several ranges.
    /// - Throws: ``FileError`` when there is no such folder.
    public init(
        folder: String,
        options: Options = Options(),
        clock: any AppClock,
        random: any RandomSource
    ) throws(FileError) {
        try self.init(FolderAccess(path: folder), options, clock, random)
    }

    init(
        _ access: FolderAccess,
        _ options: Options,
        _ clock: any AppClock,
        _ random: any RandomSource
    ) throws(FileError) {
        try access.check()
        self.access = access
        self.options = options
        self.clock = clock
        self.random = random
    }

    /// Answers a request for a path within the folder: 200, 206, 304, 308, 404, 405, 412 or 416.
    ///
    /// - Parameter path: percent-decoded once, as a route's value is; nil or empty for the folder itself.
    /// - Throws: ``FileError/Code/system`` when the disk fails or the process may open no more files.
    public func respond(to request: HTTPRequest, path: String?) throws(FileError) -> HTTPResponse {
        guard request.method == .get || request.method == .head else {
            return HTTPResponse(status: 405, headers: ["Allow": "GET, HEAD"])
        }
        guard let parts = Self.parts(of: path ?? "") else { return .notFound }
        let slash = UInt8(ascii: "/")
        let asksForFolder = request.path.utf8.last == slash || path?.utf8.last == slash
        switch try access.open(parts) {
        case .none: return .notFound
        case .file(let file):
            guard !asksForFolder, let name = parts.last else { return .notFound }
            return try respond(to: request, file, name: name, parts)
        case .folder:
            guard let index = options.indexFile, let indexParts = Self.parts(of: index),
                case .file(let file) = try access.open(parts + indexParts)
            else { return .notFound }
            guard asksForFolder else { return Self.redirect(request) }
            return try respond(to: request, file, name: index, parts + indexParts)
        }
    }

    /// The names that a path consists of; nil for a path that is never served.
    static func parts(of path: String) -> [String]? {
        guard path.utf8.count <= pathBytesMax else { return nil }
        var parts = splitting(path[...], at: UInt8(ascii: "/"))
        if parts.last?.isEmpty == true { parts.removeLast() }
        // A dot begins '.', '..' and hidden files alike.
        let isSafe = parts.allSatisfy { part in
            !part.isEmpty && part.utf8.first != UInt8(ascii: ".")
                && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
        return isSafe ? parts.map(String.init) : nil
    }

    /// To the same address with a `/` behind it, without which the links of an index page lead astray. Relative to the address itself, so
    /// that no proxy and no spelling of the path can make it another host's.
    private static func redirect(_ request: HTTPRequest) -> HTTPResponse {
        let last = splitting(request.path[...], at: UInt8(ascii: "/")).last ?? ""
        let query = request.query.map { "?\($0)" } ?? ""
        return HTTPResponse(status: 308, headers: ["Location": "./\(last)/\(query)"])
    }
}

extension HTTPResponse {
    static let notFound = HTTPResponse(status: .notFound)
}
