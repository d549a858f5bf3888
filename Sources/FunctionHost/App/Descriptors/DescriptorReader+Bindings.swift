import FunctionKit

/// `bindings`: the rules that hold for every type.
extension DescriptorReader {
    mutating func bindings(of root: JSONValue) -> [Binding]? {
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
        var names: Set<String> = []
        let bindings = elements.enumerated().compactMap { binding($1, key: "bindings[\($0)]", names: &names) }
        return bindings.count == elements.count ? bindings : nil
    }

    private mutating func binding(_ value: JSONValue, key: String, names: inout Set<String>) -> Binding? {
        guard value.members != nil else {
            report(key, "A binding must be an object, not \(value.kindName).")
            return nil
        }
        let before = problems.count
        let direction = direction(of: value, key: key)
        let name = text("name", of: value)
        checkName(name, direction: direction, key: key)
        checkChoice("dataType", ["undefined", "string", "binary", "stream"], of: value, key: key)
        checkChoice("cardinality", ["one", "many"], of: value, key: key)
        let type = text("type", of: value)
        if type.isEmpty {
            report("\(key).type", "Binding '\(name)' is invalid. Bindings must specify a Type.")
        } else if !Self.knownTypes.contains(type.lowercased()) {
            report(
                "\(key).type",
                "The binding type(s) '\(type)' are not registered. "
                    + "Please ensure the type is correct and the binding extension is installed."
            )
        }
        if !names.insert(name.lowercased()).inserted {
            report("\(key).name", "Multiple bindings with name '\(name)' discovered. Binding names must be unique.")
        }
        if equalsIgnoringASCIICase(type, "http"), direction != .out, direction != nil {
            report("\(key).direction", "Http binding can only be used for output.")
        }
        guard problems.count == before, let direction else { return nil }
        return Binding(name: name, type: type, direction: direction, value: value)
    }

    private mutating func direction(of value: JSONValue, key: String) -> Binding.Direction? {
        guard let member = value.member(ignoringCase: "direction"), !member.isNull else { return .in }
        let text = member.scalarText ?? member.text
        if let direction = Binding.Direction(rawValue: text.lowercased()) { return direction }
        report("\(key).direction", "'\(text)' is not a valid binding direction.")
        return nil
    }

    private mutating func checkName(_ name: String, direction: Binding.Direction?, key: String) {
        if name == "$return" {
            guard direction != .out, direction != nil else { return }
            report("\(key).direction", "$return bindings must specify a direction of 'out'.")
        } else {
            let isValid =
                (1...128).contains(name.utf8.count) && name.utf8.first.map(isASCIILetter) == true
                && name.utf8.allSatisfy { isASCIILetter($0) || (0x30...0x39).contains($0) }
            guard !isValid else { return }
            report("\(key).name", "The binding name \(name) is invalid. Please assign a valid name to the binding.")
        }
    }

    private mutating func checkChoice(_ name: String, _ choices: [String], of value: JSONValue, key: String) {
        guard let member = value.member(ignoringCase: name), !member.isNull else { return }
        let text = member.scalarText ?? member.text
        guard !choices.contains(text.lowercased()) else { return }
        report("\(key).\(name)", "'\(text)' is not a valid \(name). Use \(choices.joined(separator: ", ")).")
    }

    /// A member as text; empty when it is absent or no scalar.
    func text(_ name: String, of value: JSONValue) -> String { value.member(ignoringCase: name)?.scalarText ?? "" }
}
