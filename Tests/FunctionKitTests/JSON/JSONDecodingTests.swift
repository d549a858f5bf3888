import FoundationEssentials
import Testing

@testable import FunctionKit

/// That our decoder makes of a text what Foundation's makes of it.
@Suite struct JSONDecodingTests {
    static let texts: [String] = [
        // Words and white space.
        "null", "true", "false", "nul", "truee", "True", " true ", "\ttrue\r\n", "\u{FEFF}true", "", " ", "true false",
        // Integers.
        "0", "-0", "1", "-1", "01", "-01", "+1", "--1", "-", "127", "128", "-128", "-129", "255", "256", "32768",
        "65536",
        "2147483648", "4294967296", "9007199254740993", "999999999999999999", "1000000000000000000",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "170141183460469231731687303715884105727",
        "340282366920938463463374607431768211455", "340282366920938463463374607431768211456", "00", "0x10", "1_000",
        // Fractions and exponents.
        "1.0", "1.5", "-1.5", ".5", "1.", "1.e1", "1e", "1e+", "1e1", "1E1", "1e+1", "1e-1", "1e3", "10e-1", "1.50",
        "0.0",
        "-0.0", "1e308", "1e309", "-1e309", "1e400", "5e-324", "1e-400", "0e-999999999999", "1e99999999999999999999",
        "3.4028235e38", "3.5e38", "1e-45", "1e-60", "0.1", "0.30000000000000004", "123456789012345678901234567890",
        "1.7976931348623157e308", "9007199254740992.5", "2.5e0", "1e1.5", "1.2.3", "1-2", "Infinity", "NaN",
        "-Infinity",
        "9007199254740993.0", "1.0000000000000001", "12345678901234567e-2", "9007199254740992e0", "9007199254740993e0",
        "90071992547409910e-1", "1e15", "1e16", "1e22", "1e23", "-5e0", "120e-1", "12e-1", "1e30", "1.5e1",
        "0.00001e5",
        // Strings.
        #""""#, #""a""#, #""hello world, longer than fifteen bytes""#, #""é""#, #""日本語 and ascii""#, #""😀""#,
        #""\"\\\/\b\f\n\r\t""#,
        #""\u0041""#, #""\u00e9\u00E9""#, #""\ud83d\ude00""#, #""\ud83d""#, #""\ude00""#, #""\ud83dx""#,
        #""\ud83d\u0041""#,
        #""\u00""#, #""\u00g0""#, #""\x""#, #""\""#, #"""#, "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{7F}\"",
        #""\u0000""#, "'a'",
        #""a" "b""#, #""\\""#, #""\\\""#, #""ends in a backslash \\""#, #""\u{41}""#, #""open"#, #""2026-11-29""#,
        #""aGVsbG8=""#,
        #""aGVsbG8""#, #""https://example.com/a b""#, #""https://example.com/""#, #""open""#, #""shipped""#, #""lost""#,
        // Arrays.
        "[]", "[ ]", "[1]", "[1,2]", "[1,2,]", "[,]", "[1,,2]", "[1 2]", "[", "]", "[1", "[1,", "[[1],[2,[3]]]",
        "[null]",
        "[1,null,\"a\",2,true,{},[]]", #"["a","b"]"#, "[true,1]", "[1.5]", "[0.0,-0]", "[[[[[[]]]]]]", "[}", "[1}",
        // Objects.
        "{}", "{ }", #"{"a":1}"#, #"{"a":1,}"#, "{,}", #"{"a"}"#, #"{"a":}"#, #"{a:1}"#, #"{"a":1"#,
        #"{"a" : 1 , "b" : 2}"#,
        #"{"a":1,"a":2}"#, #"{"b":1,"a":2,"b":3}"#, #"{"\u0061":1}"#, #"{"\u0061":1,"a":2}"#, #"{"é":1,"e\u0301":2}"#,
        #"{"":1}"#,
        #"{"\ud83d":1}"#, #"{"a":"\x"}"#, #"{"a":"\ud83d","b":1}"#, #"{"a":01}"#, #"{"a":{"b":{"c":[1,{"d":null}]}}}"#,
        #"{"1":2}"#,
        #"{"\#u{212A}":1,"K":2}"#, #"{1:2}"#, #"{"a":1]"#, #"{"a":null}"#, #"{"a":null,"b":true}"#,
        // Orders.
        #"{"id":"o-1","state":"open","lines":[{"article":"x","count":2,"price":1.25}],"notes":{"k":"v"},"isPaid":true}"#,
        #"{"isPaid":false,"lines":[],"state":"shipped","id":"o-2"}"#,
        #"{"id":"o-3","state":"open","lines":[],"notes":null,"isPaid":true,"more":[{}]}"#,
        #"{"id":"o-4","state":"lost","lines":[],"isPaid":true}"#,
        #"{"id":"o-5","state":"open","lines":[{}],"isPaid":true}"#,
        #"{"id":"o-6","state":"open","lines":[{"article":"x","count":"2"}],"isPaid":true}"#,
        #"{"id":"o-7","state":"open","lines":[{"article":"x","count":2.5}],"isPaid":true}"#,
        #"{"id":"o-8","state":"open","lines":[{"article":"x","count":1,"price":"1"}],"isPaid":true}"#,
        #"{"id":null,"state":"open","lines":[],"isPaid":true}"#,
        #"{"id":"o-9","state":"open","lines":{},"isPaid":true}"#,
        #"{"id":"o-10","state":"open","lines":[],"isPaid":1}"#,
        #"{"id":"o-11","state":"open","lines":[],"isPaid":null}"#,
        #"{"id":"o-12","state":"open","lines":[null],"isPaid":true}"#,
        #"{"id":"o","state":"open","lines":[],"notes":{"a":1},"isPaid":true}"#,
        // Super and nested.
        #"{"age":3,"super":{"name":"Rex"}}"#, #"{"age":3}"#, #"{"age":3,"super":{}}"#, #"{"age":3,"super":{"name":4}}"#,
        #"{"outer":{"point":[1,2]}}"#, #"{"outer":{"point":[1]}}"#, #"{"outer":{"point":{}}}"#, #"{"outer":[]}"#,
        #"{"outer":null}"#,
        #"{"outer":{"point":[1,"2"]}}"#, #"{"outer":{"point":null}}"#, #"{"outer":{}}"#,
    ]

    @Test(arguments: texts) func aTextBecomesWhatFoundationMakesOfIt(_ text: String) {
        compare(Array(text.utf8))
    }

    @Test(
        arguments: [
            [0xFF], [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0xEF, 0xBB, 0xBF],
            [0xEF, 0xBB, 0xBF, 0x31], [0xEF, 0xBB, 0x31], [0x22, 0xE2, 0x82, 0xAC, 0x22],
            [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x5B, 0x22, 0x5C, 0xC3, 0xA9, 0x22, 0x5D], [0x31, 0x00],
            [0x00, 0x31],
            [0xFE, 0xFF, 0x00, 0x31], [0xFF, 0xFE, 0x31, 0x00], [0x31, 0x00, 0x32, 0x00],
            [0x22, 0x5C, 0x75, 0x22, 0x30, 0x30, 0x30, 0x22],
        ] as [[UInt8]]
    )
    func bytesThatAreNoPlainTextBecomeWhatFoundationMakesOfThem(_ bytes: [UInt8]) {
        compare(bytes)
    }

    @Test(arguments: [510, 511, 512, 513, 2000]) func nestingIsBoundedAsInFoundation(_ depth: Int) {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        struct Opaque: Decodable { init(from decoder: any Decoder) {} }
        for text in [arrays, objects] {
            #expect(JSONOutcome.ours(Opaque.self, Array(text.utf8)) == .foundation(Opaque.self, Array(text.utf8)))
        }
    }

    /// Foundation refuses a zero with an exponent, which is a number (RFC 8259, section 6).
    @Test(arguments: ["0e5", "-0E-5", "0e+0", "-0.0e3"]) func zeroWithAnExponentIsZero(_ text: String) throws {
        #expect(try JSONCoding.decode(Double.self, from: Array(text.utf8)) == 0)
    }

    @Test func anObjectWithManyMembersIsReadByItsIndex() throws {
        let members = (0..<5000).map { #""name \#($0 * 7919 % 5000)":\#($0)"# }
        let text = Array("{\(members.joined(separator: ","))}".utf8)
        let ours = try JSONCoding.decode([String: Int].self, from: text)
        #expect(ours == (try JSONDecoder().decode([String: Int].self, from: Data(text))))
        #expect(ours.count == 5000)
    }

    @Test func aHugeTextOfOneKindIsRead() throws {
        let numbers = (0..<200_000).map { $0 * 31 - 1_000_000 }
        let text = Array("[\(numbers.map(String.init).joined(separator: ", "))]".utf8)
        #expect(try JSONCoding.decode([Int].self, from: text) == numbers)
        let word = String(repeating: "abc\\n", count: 100_000)
        #expect(try JSONCoding.decode(String.self, from: Array("\"\(word)\"".utf8)).utf8.count == 400_000)
    }

    /// Texts made of pieces of JSON in any order, most of them broken somewhere.
    @Test(arguments: 0..<40) func randomTextsBecomeWhatFoundationMakesOfThem(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<100 {
            let bytes = Array(Self.randomText(&random, depth: 0).utf8)
            compare(bytes)
            guard !bytes.isEmpty else { continue }
            var broken = bytes
            let place = Int.random(in: 0..<broken.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: broken.remove(at: place)
            case 1: broken[place] = UInt8.random(in: 0...255, using: &random)
            default: broken.insert(Array(#"",:{}[]\ue0-"#.utf8).randomElement(using: &random) ?? 0, at: place)
            }
            compare(broken)
        }
    }

    private static func randomText(_ random: inout SplitMix, depth: Int) -> String {
        func blank(_ random: inout SplitMix) -> String {
            ["", "", "", " ", "\n\t"].randomElement(using: &random) ?? ""
        }
        switch Int.random(in: 0..<(depth > 4 ? 6 : 9), using: &random) {
        case 0: return ["null", "true", "false"].randomElement(using: &random) ?? ""
        case 1: return "\(Int.random(in: -1000...1000, using: &random))"
        case 2: return "\(Double(Int.random(in: -100_000...100_000, using: &random)) / 64)"
        case 3, 4, 5: return randomString(&random)
        case 6, 7:
            let names = (0..<Int.random(in: 0..<6, using: &random)).map { _ in
                blank(&random) + (Bool.random(using: &random) ? #""a""# : randomString(&random)) + blank(&random) + ":"
                    + blank(&random) + randomText(&random, depth: depth + 1)
            }
            return "{\(names.joined(separator: ","))}"
        default:
            let elements = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                blank(&random) + randomText(&random, depth: depth + 1) + blank(&random)
            }
            return "[\(elements.joined(separator: ","))]"
        }
    }

    private static func randomString(_ random: inout SplitMix) -> String {
        let pieces = ["a", "b", "word ", "é", "\\n", "\\u00e9", "\\\"", "日", "\\ud83d\\ude00", "0123456789", "/"]
        return "\""
            + (0..<Int.random(in: 0..<6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined() + "\""
    }

    /// Reads a text as many types by both decoders.
    private func compare(_ text: [UInt8]) {
        func check<Value: Decodable>(_ type: Value.Type) {
            let (ours, foundation) = (JSONOutcome.ours(type, text), JSONOutcome.foundation(type, text))
            #expect(ours == foundation, "\(type) of \(String(decoding: text, as: UTF8.self))")
        }
        check(Bool.self)
        check(Int.self)
        check(Int8.self)
        check(UInt8.self)
        check(Int32.self)
        check(UInt64.self)
        check(Int128.self)
        check(UInt128.self)
        check(Double.self)
        check(Float.self)
        check(String.self)
        check(Int?.self)
        check(Date.self)
        check(Data.self)
        check(URL.self)
        check(Decimal.self)
        check([Int].self)
        check([String?].self)
        check([Double].self)
        check(Order.State.self)
        check(Order.self)
        check(Dog.self)
        check(Nested.self)
        check(Sparse.self)
        check(AnyJSON.self)
    }
}

/// A generator whose seed gives the same numbers again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
