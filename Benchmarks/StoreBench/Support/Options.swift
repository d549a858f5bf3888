import Glibc

/// Words of the form `measure --name value …`.
struct Options {
    let measure: String
    private var values: [String: String] = [:]

    init(_ words: [String]) {
        measure = words.dropFirst().first ?? ""
        var words = words.dropFirst(2)
        while let name = words.popFirst(), let value = words.popFirst() { values[name] = value }
    }

    func text(_ name: String) -> String {
        guard let value = values["--\(name)"] else { fail("--\(name) is missing") }
        return value
    }

    func number(_ name: String, or other: Int? = nil) -> Int {
        guard let text = values["--\(name)"] else {
            guard let other else { fail("--\(name) is missing") }
            return other
        }
        guard let number = Int(text) else { fail("--\(name) is not a number") }
        return number
    }

    /// How long a measure counts.
    var duration: Duration { .milliseconds(number("milliseconds", or: 3000)) }
}

/// A benchmark that cannot go on ends with a message; the script shows it.
func fail(_ message: String) -> Never {
    print("StoreBench: \(message)")
    exit(EXIT_FAILURE)
}

/// One result on a line of its own: a name and a number.
func report(_ name: String, _ value: Double) {
    let scaled = (value * 1000).rounded() / 1000
    print("\(name) \(scaled)")
}
