/// `extensions.server.compression` of `host.json`, which is ours: whether answers are compressed with gzip, and how hard.
package struct CompressionOptions: Sendable, Equatable {
    /// Off, as Azure's host has it, and because an answer that mixes a secret with the caller's own words tells the secret by its
    /// compressed length (BREACH).
    package var isEnabled = false
    /// zlib's level, 1 for the quickest to 9 for the smallest.
    package var level = 6

    /// Makes the default options.
    package init() {}
}

extension HostConfigurationReader {
    private static let compression = server + ["compression"]

    /// Reads `extensions.server.compression`.
    mutating func compressionOptions() -> CompressionOptions {
        var options = CompressionOptions()
        if let text = tree[Self.compression + ["enabled"]] {
            if let flag = Bool(text.lowercased()) {
                options.isEnabled = flag
            } else {
                report("extensions.server.compression.enabled", "'\(text)' is neither true nor false.")
            }
        }
        if let text = tree[Self.compression + ["level"]] {
            if let level = Int(text), (1...9).contains(level) {
                options.level = level
            } else {
                report("extensions.server.compression.level", "'\(text)' is not a whole number from 1 to 9.")
            }
        }
        return options
    }
}

extension CompressionOptions {
    /// The keys of the section, as they are in force.
    func describe(in tree: inout ConfigurationTree) {
        let section = HostConfigurationReader.server + ["compression"]
        tree.set(section + ["enabled"], to: "\(isEnabled)")
        tree.set(section + ["level"], to: "\(level)")
    }
}
