import FunctionKit

/// `bindings`: the rules that hold for every type, in the order of Azure's checks. Azure stops at the first that fails; here all
/// problems of one step are told together, and the first of them is Azure's.
extension DescriptorReader {
    /// The first step: each binding as the file spells it.
    mutating func readBindings(of root: JSONValue) -> [Binding]? {
        guard let value = root["bindings"], !value.isNull else {
            report("bindings", "At least one binding must be declared.")
            return nil
        }
        guard let elements = value.elements else {
            report("bindings", "The bindings must be a list, not \(value.kindName).")
            return nil
        }
        guard !elements.isEmpty else {
            report("bindings", "At least one binding must be declared.")
            return nil
        }
        let before = problems.count
        let bindings = elements.enumerated().compactMap { binding($1, key: Self.key($0)) }
        return problems.count == before ? bindings : nil
    }

    /// The steps behind it: each binding by itself, then all of them together.
    mutating func checked(_ bindings: [Binding]) -> [Binding]? {
        let before = problems.count
        checkEach(bindings)
        guard problems.count == before else { return nil }
        checkTogether(bindings)
        return problems.count == before ? bindings : nil
    }

    private static func key(_ index: Int) -> String { "bindings[\(index)]" }

    // MARK: Reading one

    private mutating func binding(_ value: JSONValue, key: String) -> Binding? {
        guard value.members != nil else {
            report(key, "A binding must be an object, not \(value.kindName).")
            return nil
        }
        let direction = direction(of: value, key: key)
        checkChoice("dataType", ["undefined", "string", "binary", "stream"], of: value, key: key)
        checkChoice("cardinality", ["one", "many"], of: value, key: key)
        guard let direction else { return nil }
        return Binding(
            name: text("name", of: value),
            type: text("type", of: value),
            direction: direction,
            value: value
        )
    }

    private mutating func direction(of value: JSONValue, key: String) -> Binding.Direction? {
        guard let member = value.member(ignoringCase: "direction"), !member.isNull else { return .in }
        let text = member.scalarText ?? member.text
        if let direction = Binding.Direction(rawValue: text.lowercased()) { return direction }
        report("\(key).direction", "'\(text)' is not a valid binding direction.")
        return nil
    }

    private mutating func checkChoice(_ name: String, _ choices: [String], of value: JSONValue, key: String) {
        guard let member = value.member(ignoringCase: name), !member.isNull else { return }
        let text = member.scalarText ?? member.text
        guard !choices.contains(text.lowercased()) else { return }
        report("\(key).\(name)", "'\(text)' is not a valid \(name). Use \(choices.joined(separator: ", ")).")
    }

    // MARK: Each by itself

    private mutating func checkEach(_ bindings: [Binding]) {
        var names: Set<String> = []
        for (index, binding) in bindings.enumerated() {
            let key = Self.key(index)
            let name = binding.name
            if name != "$return", !Self.isBindingName(name) {
                report("\(key).name", "The binding name \(name) is invalid. Please assign a valid name to the binding.")
            } else if name == "$return", binding.direction != .out {
                report("\(key).direction", "$return bindings must specify a direction of 'out'.")
            } else if binding.type.isEmpty {
                report("\(key).type", "Binding '\(name)' is invalid. Bindings must specify a Type.")
            } else if !names.insert(name.lowercased()).inserted {
                let reason = "Multiple bindings with name '\(name)' discovered. Binding names must be unique."
                report("\(key).name", reason)
            }
        }
    }

    /// True for 1 to 128 ASCII letters and digits, a letter first; `_` and `-` are none of them.
    private static func isBindingName(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count) && name.utf8.first.map(isASCIILetter) == true
            && name.utf8.allSatisfy { isASCIILetter($0) || isDigit($0) }
    }

    // MARK: All together

    private mutating func checkTogether(_ bindings: [Binding]) {
        let triggers = bindings.filter(\.isTrigger)
        if triggers.count > 1 {
            let reason = "Multiple trigger bindings defined. A function can only have a single trigger binding."
            report("bindings", reason)
        } else if triggers.first?.direction ?? .out == .out {
            report("bindings", "No trigger binding specified. A function must have a trigger input binding.")
        }
        for (index, binding) in bindings.enumerated()
        where equalsIgnoringASCIICase(binding.type, "http") && binding.direction != .out {
            report("\(Self.key(index)).direction", "Http binding can only be used for output.")
        }
        let unknown = bindings.indices.filter { !Self.knownTypes.contains(bindings[$0].type.lowercased()) }
        guard let first = unknown.first else { return }
        let types = unknown.map { bindings[$0].type }.joined(separator: ", ")
        report(
            "\(Self.key(first)).type",
            "The binding type(s) '\(types)' are not registered. "
                + "Please ensure the type is correct and the binding extension is installed."
        )
    }

    /// A member as text; empty when it is absent or no scalar.
    func text(_ name: String, of value: JSONValue) -> String { value.member(ignoringCase: name)?.scalarText ?? "" }
}
