import FunctionKit

/// The methods of a route, as bits for those that HTTP defines, so that checking one compares a number.
struct MethodSet: Sendable {
    private static let names = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]

    /// The methods that HTTP defines among them, by name; nil when every method is allowed.
    var named: [String]? {
        bits == .max ? nil : Self.names.enumerated().filter { bits & 1 << UInt16($0.offset) != 0 }.map(\.element)
    }

    private var bits: UInt16 = 0
    private var others: [String] = []

    /// Makes the set of some methods in any case; of none it allows every method.
    init(_ methods: [String]) {
        if methods.isEmpty { bits = .max }
        for method in methods {
            let bit = Self.bit(of: method)
            if bit == 0 { others.append(method) } else { bits |= bit }
        }
    }

    /// The bit of a method; 0 for one that HTTP does not define.
    static func bit(of method: String) -> UInt16 {
        switch method {
        case "GET": 1
        case "POST": 4
        default:
            names.firstIndex { equalsIgnoringASCIICase($0, method) }.map { 1 << UInt16($0) } ?? 0
        }
    }

    /// Whether a method is among them; `bit` is its ``bit(of:)``.
    func contains(_ method: String, bit: UInt16) -> Bool {
        if bits & bit != 0 || bits == .max { return true }
        return bit == 0 && others.contains { equalsIgnoringASCIICase($0, method) }
    }
}
