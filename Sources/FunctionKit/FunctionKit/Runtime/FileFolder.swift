/// A folder for files that the app leaves for a person to read, such as e-mails in development.
public protocol FileFolder: Sendable {
    /// Writes a whole file, replacing an old one of that name, and makes the folders above it.
    ///
    /// - Parameters:
    ///   - bytes: the content.
    ///   - path: relative, of parts made from letters, digits, `.`, `-` and `_`; a part never begins with a dot.
    /// - Throws: ``FileFolderError`` for a path outside that rule or a write that fails.
    /// - Returns: where the file is, for a log line.
    @discardableResult
    func write(_ bytes: [UInt8], to path: String) async throws -> String
}

/// Why a file could not be written.
public struct FileFolderError: Error, CustomStringConvertible {
    /// The path, the reason and what to do.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }
}
