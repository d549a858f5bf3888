import FunctionHost
import FunctionKit

/// The documents that everything is measured with: 300 bytes of JSON under ids as the product makes them (UUID version 7).
struct Sample: Sendable {
    static let bytes = 300
    static let collection = "tickets"
    static let index = IndexDefinition("by_number", on: ["number"])

    private let ids = IdentifierSource(clock: SystemClock(), random: SystemRandomSource())

    func id() -> String { ids.next() }

    /// The indexed field of the document that is made as this one: neither that order nor its reverse, and never one twice
    /// (a multiplication modulo a prime).
    static func number(_ position: Int) -> Int { (position + 1) * 48_271 % 2_147_483_647 }

    /// The body of the document that is made as this one, exactly 300 bytes.
    static func body(_ position: Int) -> [UInt8] {
        let number = number(position)
        var body = Array(
            "{\"number\":\(number),\"status\":\"open\",\"customer\":\"c-\(number % 977)\",\"note\":\"".utf8
        )
        body.append(contentsOf: repeatElement(UInt8(ascii: "n"), count: bytes - body.count - 2))
        body.append(contentsOf: "\"}".utf8)
        return body
    }
}

extension Array {
    /// The elements in an order that is the same for each run.
    func shuffledAlike() -> [Element] {
        var result = self
        var state: UInt64 = 42
        for index in stride(from: result.count - 1, to: 0, by: -1) {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            result.swapAt(index, Int((state >> 33) % UInt64(index + 1)))
        }
        return result
    }
}
