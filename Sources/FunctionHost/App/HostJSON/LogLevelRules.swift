package import FunctionKit

/// `logging.logLevel` of `host.json`: the level from which a category is logged; the longest category prefix wins.
package struct LogLevelRules: Sendable, Equatable {
    /// From where on records are kept.
    package enum Threshold: Sendable, Equatable {
        /// This level and those above it.
        case from(LogLevel)
        /// None at all (`None`).
        case off

        /// Whether records of this level are kept.
        package func keeps(_ level: LogLevel) -> Bool {
            switch self {
            case .from(let least): level >= least
            case .off: false
            }
        }
    }

    /// In lower case, the longest first.
    private var prefixes: [(prefix: [UInt8], threshold: Threshold)] = []
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
            let prefix = Array(key.utf8)
            prefixes.removeAll { $0.prefix == prefix }
            prefixes.append((prefix: prefix, threshold: threshold))
            prefixes.sort { $0.prefix.count > $1.prefix.count }
        }
    }

    /// What holds for a category; nil when no rule speaks of it.
    package func threshold(for category: String) -> Threshold? { ownThreshold(for: category) ?? fallback }

    /// What a rule for the category itself says, and not `default`; nil when there is none.
    package func ownThreshold(for category: String) -> Threshold? {
        prefixes.first { rule in
            // Every line of the log comes by here: compared byte by byte, without a copy in lower case.
            var rest = rule.prefix[...]
            for byte in category.utf8 {
                guard let expected = rest.popFirst() else { return true }
                guard byte | (isASCIILetter(byte) ? 0x20 : 0) == expected else { return false }
            }
            return rest.isEmpty
        }?.threshold
    }

    /// Whether any rule keeps records of this level.
    package func mayKeep(_ level: LogLevel) -> Bool {
        (prefixes.map(\.threshold) + [fallback].compactMap { $0 }).contains { $0.keeps(level) }
    }

    /// Compares the rules.
    package static func == (left: LogLevelRules, right: LogLevelRules) -> Bool {
        left.fallback == right.fallback
            && left.prefixes.elementsEqual(right.prefixes) { $0.prefix == $1.prefix && $0.threshold == $1.threshold }
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
