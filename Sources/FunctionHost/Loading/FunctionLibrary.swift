package import FunctionKit
import Glibc

/// Finds, loads and looks into the dynamic library of a function.
///
/// A library stays loaded for the life of the process: Swift's runtime keeps references into it that cannot be taken back.
package struct FunctionLibrary: Sendable {
    private let search: LibrarySearch

    /// Makes a loader that looks where `search` says.
    package init(search: LibrarySearch) { self.search = search }

    /// The type that `entryPoint` names in the library that `scriptFile` names.
    ///
    /// - Parameters:
    ///   - scriptFile: the file, relative to the folder: `libTicketSync.so`.
    ///   - isNamed: whether `function.json` names it; only then it can be blamed for the wrong name.
    ///   - entryPoint: module and type: `TicketSync.TicketSync`.
    ///   - folder: the function's folder.
    /// - Throws: ``LoadError``, which says whether the library is missing, does not load, or has no such type.
    package func functionType(
        scriptFile: String,
        isNamed: Bool,
        entryPoint: EntryPoint,
        folder: String
    ) throws(LoadError) -> any Function.Type {
        let candidates = search.candidates(scriptFile: scriptFile, folder: folder)
        guard let path = candidates.first(where: { access($0, F_OK) == 0 }) else {
            throw .missing(scriptFile: scriptFile, isNamed: isNamed, searched: candidates)
        }
        guard dlopen(path, RTLD_NOW | RTLD_LOCAL) != nil else {
            throw .unloadable(path: path, reason: dlerror().map { String(cString: $0) } ?? "unknown reason")
        }
        guard let type = Self.type(module: entryPoint.module, name: entryPoint.typeName) else {
            throw .noSuchType(entryPoint: entryPoint, path: path)
        }
        guard let functionType = type as? any Function.Type else {
            throw .notAFunction(entryPoint: entryPoint, path: path)
        }
        return functionType
    }

    /// Looks a top-level type up by its mangled name: `V` for a struct, `C` for a class, lengths in UTF-8 bytes.
    private static func type(module: String, name: String) -> Any.Type? {
        let prefix = "\(module.utf8.count)\(module)\(name.utf8.count)\(name)"
        return _typeByName(prefix + "V") ?? _typeByName(prefix + "C")
    }
}

/// Why a function's code could not be found.
package enum LoadError: Error, Sendable, CustomStringConvertible {
    /// No file of that name, which `function.json` gives or the folder's name, in any of the places.
    case missing(scriptFile: String, isNamed: Bool, searched: [String])
    /// The dynamic linker refused the file.
    case unloadable(path: String, reason: String)
    /// The library is loaded but has no such top-level type.
    case noSuchType(entryPoint: EntryPoint, path: String)
    /// The type is there but does not conform to `Function`.
    case notAFunction(entryPoint: EntryPoint, path: String)
    /// The function's kind does not fit its trigger.
    case wrongKind(entryPoint: EntryPoint, trigger: String, expected: String)
    /// The function's code sends to an output binding that its function.json does not declare.
    case undeclaredOutput(name: String)

    /// The key of `function.json` that the error is about.
    package var key: String {
        switch self {
        case .missing, .unloadable: "scriptFile"
        case .noSuchType, .notAFunction, .wrongKind: "entryPoint"
        case .undeclaredOutput: "bindings"
        }
    }

    /// The thing, the reason and the remedy.
    package var description: String {
        switch self {
        case .missing(let scriptFile, let isNamed, let searched):
            // Azure's sentence first.
            (isNamed
                ? "Invalid script file name configuration. "
                    + "The 'scriptFile' property is set to a file that does not exist. " : "")
                + "The library '\(scriptFile)' is missing; looked for \(searched.joined(separator: " and ")). "
                + "Build it with 'swift build', or correct 'scriptFile'."
        case .unloadable(let path, let reason):
            "The library '\(path)' does not load: \(reason). Build it with the toolchain and the FunctionKit of the host."
        case .noSuchType(let entryPoint, let path):
            "The library '\(path)' has no type '\(entryPoint)'. "
                + "'entryPoint' is the module's name, a dot and the name of a public struct or class."
        case .notAFunction(let entryPoint, let path):
            "The type '\(entryPoint)' in '\(path)' is not a function. "
                + "Make it conform to HTTPFunction, TimerFunction, QueueFunction or ManualFunction of FunctionKit."
        case .wrongKind(let entryPoint, let trigger, let expected):
            "The type '\(entryPoint)' cannot serve a '\(trigger)'. Make it conform to \(expected)."
        case .undeclaredOutput(let name): Self.undeclaredText(name, nil)
        }
    }

    /// What is said of an output that is not declared; the file is named unless the reader sees it beside the text.
    static func undeclaredText(_ name: String, _ file: String?) -> String {
        "The function sends to the output '\(name)', which \(file.map { "'\($0)'" } ?? "the file") does not declare. Add "
            + "{ \"type\": \"queue\", \"direction\": \"out\", \"name\": \"\(name)\", \"queueName\": \"…\" } to its bindings."
    }
}
