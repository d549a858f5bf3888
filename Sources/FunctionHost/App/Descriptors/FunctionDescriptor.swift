/// A function as its folder declares it: everything `function.json` says, validated, before its library is loaded.
package struct FunctionDescriptor: Sendable {
    /// The function's name, which is its folder's name.
    package var name: String
    /// The path of its folder.
    package var folder: String
    /// The path of its `function.json`, relative to the app's root, for messages.
    package var file: String
    /// The library, relative to the function's folder: `libTicketSync.so`.
    package var scriptFile: String
    /// Whether the file names it; otherwise it follows from the folder's name.
    package var namesScriptFile = true
    /// The type inside the library.
    package var entryPoint: EntryPoint
    /// What invokes it.
    package var trigger: Trigger
    /// All its bindings in their order, the trigger included.
    package var bindings: [Binding]
    /// Its queue outputs, in the order of the file.
    package var outputs: [QueueOutputBinding] = []
    /// How failed executions are repeated; nil for the app's policy or none.
    package var retry: RetryPolicy?
    /// The app settings that it says it reads, by `function.json`'s `settings`, a `%name%` or a `connection`.
    package var settings: [SettingUse]
    /// True when an app setting `AzureWebJobs.<name>.Disabled` says so: it is loaded and listed, but nothing triggers it.
    package var isDisabled: Bool
    /// The bytes of its `function.json`.
    package var source: [UInt8]

    /// What its author should know although it runs; for the log of the start.
    package var warnings: [String] {
        guard retry != nil else { return [] }
        if case .timer = trigger { return [] }
        return [RetryPolicy.supportWarning(for: name)]
    }
}

/// The type that a library offers as its function: `Module.Type`, a public struct or final class at the top of its module.
package struct EntryPoint: Sendable, Hashable, CustomStringConvertible {
    /// The Swift module.
    package var module: String
    /// The type's name in it.
    package var typeName: String

    /// `Module.Type`.
    package var description: String { "\(module).\(typeName)" }

    /// Reads `Module.Type`; nil unless both parts are Swift identifiers.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(isIdentifier) else { return nil }
        module = String(parts[0])
        typeName = String(parts[1])
    }
}

/// One entry of `bindings`.
package struct Binding: Sendable {
    /// Which way the data goes.
    package enum Direction: String, Sendable, CaseIterable {
        /// Into the function.
        case `in`
        /// Out of it.
        case out
        /// Both ways.
        case `inout`
    }

    /// The name by which code refers to it.
    package var name: String
    /// The binding's type as written: `httpTrigger`.
    package var type: String
    /// Which way the data goes.
    package var direction: Direction
    /// The whole entry as it stands in the file.
    package var value: JSONValue

    /// True for a type that ends with `trigger`, in any case.
    package var isTrigger: Bool { type.lowercased().hasSuffix("trigger") }
}

/// An app setting that a function names.
package struct SettingUse: Sendable, Hashable {
    /// The setting's name.
    package var name: String
    /// True when the function works without it (`"NAME?"` in `settings`).
    package var isOptional: Bool

    /// Makes a use.
    package init(name: String, isOptional: Bool = false) {
        self.name = name
        self.isOptional = isOptional
    }
}

private func isIdentifier(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
    return text.unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
}
