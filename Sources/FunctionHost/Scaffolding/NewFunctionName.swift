/// The name of a function that is to be written: a folder, a Swift module and a type at once.
package struct NewFunctionName: Sendable, Equatable {
    /// The folder's name, and the function's.
    package let folder: String
    /// The module, and the type in it.
    package let module: String

    /// Checks a name.
    ///
    /// - Throws: ``ScaffoldError`` when Azure does not take it as a function's name, when the library of such a module would stand
    ///   in the way of another one in the host's process, or when its type would hide one that functions use.
    package init(_ name: String) throws(ScaffoldError) {
        guard FunctionName.isValid(name) else {
            throw ScaffoldError(
                .usage,
                "'\(name)' is not a valid function name. "
                    + "Use 1 to 128 letters, digits, '-' and '_', a letter first, and not 'host'."
            )
        }
        let module = FunctionName.moduleName(name)
        if Self.isReserved(module) {
            throw ScaffoldError(
                .usage,
                "'\(name)' would be the Swift module '\(module)', which exists already. Choose another name, such as "
                    + "'my-\(name)'."
            )
        }
        folder = name
        self.module = module
    }

    /// Modules of the toolchain and of the host, whose names a library cannot have a second time; types that a function's own type
    /// would hide; and words of the language. Compared without regard to case, since file systems may not have any either.
    private static func isReserved(_ module: String) -> Bool {
        let key = module.lowercased()
        return reserved.contains(key) || key.hasPrefix("swift") || key.hasPrefix("foundation")
    }

    private static let reserved: Set<String> = [
        // Modules of the toolchain.
        "builtin", "cxx", "cxxstdlib", "dispatch", "distributed", "glibc", "musl", "observation", "packagedescription",
        "regexbuilder", "synchronization", "testing", "xctest",
        // Modules and libraries of the host.
        "ccurl", "clinux", "cllhttp", "copenssl", "crypto", "cxxhash", "czlib", "documentstore", "functionhost",
        "functionkit", "functiontesting", "functiontests", "httpclient", "httpserver", "postern",
        // Types of the standard library and of FunctionKit that a function's source names.
        "any", "anyobject", "appclock", "appcontext", "array", "bool", "character", "codable", "data", "decodable",
        "dictionary", "double", "encodable", "equatable", "error", "float", "function", "hashable", "httpfunction",
        "httprequest", "httpresponse", "int", "invocationcontext", "jsonfunction", "jsonqueuefunction", "main", "never",
        "optional", "protocol", "queuefunction", "queuemessage", "range", "result", "self", "sendable", "set", "store",
        "string", "task", "testapp", "timerfunction", "timerinfo", "timestamp", "type", "void",
    ]
}
