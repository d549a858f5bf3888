import FunctionKit
import Glibc

/// The `local.settings.json` of an app, for `postern settings list`, `add` and `delete`.
package struct LocalSettingsFile: Sendable {
    private let root: String
    private var path: String { "\(root)/\(SettingsLoader.fileName)" }

    /// Takes the app's root.
    package init(root: String) { self.root = root }

    /// What is in the file; nil when there is none.
    ///
    /// - Throws: ``SettingsError`` when it cannot be read or understood.
    package func read() throws(SettingsError) -> LocalSettingsText? {
        let bytes: [UInt8]
        do throws(AppFileError) {
            bytes = try SystemAppFiles().contents(of: path, upTo: SettingsLoader.fileBytesMax)
        } catch {
            guard error != .missing else { return nil }
            throw SettingsError(["'\(path)': \(error.description)"])
        }
        return try LocalSettingsText(bytes)
    }

    /// Changes the file in one step, or makes it. Two changes at once come one after the other.
    ///
    /// - Throws: ``SettingsError`` when it cannot be read, understood or written; then it is as it was.
    package func change<Result>(
        _ body: (inout LocalSettingsText) throws(SettingsError) -> Result
    ) throws(SettingsError) -> Result {
        // The folder, since the file itself is exchanged.
        let folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure() }
        defer { close(folder) }
        guard flock(folder, LOCK_EX) == 0 else { throw failure() }
        var text: LocalSettingsText
        if let existing = try read() { text = existing } else { text = try LocalSettingsText() }
        let result = try body(&text)
        guard text.bytes.count <= SettingsLoader.fileBytesMax else {
            throw SettingsError(["'\(path)' would be larger than \(SettingsLoader.fileBytesMax) bytes."])
        }
        // It holds secrets, so a new one is for its owner alone.
        guard FileReplacement.replace(path, with: text.bytes, mode: 0o600) else { throw failure() }
        return result
    }

    private func failure() -> SettingsError {
        SettingsError(["'\(path)' cannot be changed: \(String(cString: strerror(errno)))."])
    }
}
