package import FunctionKit

/// `logging.logLevel` of `host.json`: the level from which a category is logged; the longest category prefix wins.
package struct LogLevelRules: Sendable, Equatable {
    /// From where on records are kept.
    package enum Threshold: Sendable, Equatable {
        /// This level and those above it.
        case from(LogLevel)
        /// None at all (`None`).
        case off
    }

    private var prefixes: [(prefix: String, threshold: Threshold)] = []
    private var fallback: Threshold?

    /// Makes rules that say nothing.
    package init() {}

    /// True when `host.json` says nothing about levels.
    package var isEmpty: Bool { prefixes.isEmpty && fallback == nil }

    /// Adds a rule; the category `default` stands for all.
    package mutating func set(_ threshold: Threshold, for category: String) {
        let key = category.lowercased()
        if key == "default" {
            fallback = threshold
        } else {
            prefixes.removeAll { $0.prefix == key }
            prefixes.append((prefix: key, threshold: threshold))
            prefixes.sort { ($1.prefix.utf8.count, $1.prefix) < ($0.prefix.utf8.count, $0.prefix) }
        }
    }

    /// What holds for a category; nil when no rule speaks of it.
    package func threshold(for category: String) -> Threshold? {
        guard !prefixes.isEmpty else { return fallback }
        let key = category.lowercased()
        return prefixes.first { key.hasPrefix($0.prefix) }?.threshold ?? fallback
    }

    /// Compares the rules.
    package static func == (left: LogLevelRules, right: LogLevelRules) -> Bool {
        left.fallback == right.fallback && left.prefixes.elementsEqual(right.prefixes, by: ==)
    }

    /// Reads .NET's name of a level in any case, or its number; nil for anything else.
    package static func threshold(named name: String) -> Threshold? {
        let names = ["trace", "debug", "information", "warning", "error", "critical", "none"]
        guard let index = names.firstIndex(of: name.lowercased()) ?? Int(name), names.indices.contains(index) else {
            return nil
        }
        return LogLevel(rawValue: index).map(Threshold.from) ?? .off
    }
}
