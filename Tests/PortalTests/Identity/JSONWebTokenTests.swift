import Crypto
import FunctionKit
import Testing

@testable import Portal

/// Signatures are checked by the letter: what is not exactly three parts, HS256 and the right key is refused.
struct JSONWebTokenTests {
    static let key = Array("a-key-of-some-length".utf8)

    /// RFC 7515, appendix A.1.
    @Test func readsTheExampleOfTheStandard() throws {
        let key = try #require(
            base64URLBytes(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
            )
        )
        let text =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
            + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let token = try JSONWebToken(verifying: text, key: key)
        #expect(try token.text("iss") == "joe")
        #expect(try token.time("exp") == Timestamp(seconds: 1_300_819_380))
    }

    static func token(header: String, payload: String = "{}", key: [UInt8] = key) -> String {
        let signed = base64URLText(header.utf8) + "." + base64URLText(payload.utf8)
        return signed + "." + base64URLText(hmacSHA256(key: key, signed.utf8))
    }

    static let good = token(header: #"{"alg":"HS256"}"#, payload: #"{"a":"b"}"#)

    static let refused: [(String, JSONWebToken.Refusal)] = [
        ("", .malformed),
        ("..", .malformed),
        ("a.b", .malformed),
        (good + ".", .malformed),
        (good + ".x", .malformed),
        ("." + good, .malformed),
        (good + "=", .malformed),
        (good + " ", .malformed),
        (String(good.dropLast()), .malformed),
        (String(good.dropLast(3)), .signature),
        (good.split(separator: ".")[0] + "." + good.split(separator: ".")[1] + ".", .signature),
        (token(header: #"{"alg":"HS256"}"#, key: Array("another".utf8)), .signature),
        (token(header: #"{"alg":"none"}"#), .algorithm),
        (token(header: #"{"alg":"None"}"#), .algorithm),
        (token(header: #"{"alg":"hs256"}"#), .algorithm),
        (token(header: #"{"alg":"HS384"}"#), .algorithm),
        (token(header: #"{"alg":"RS256"}"#), .algorithm),
        (token(header: #"{"alg":["HS256"]}"#), .algorithm),
        (token(header: #"{"alg":null}"#), .algorithm),
        (token(header: "{}"), .algorithm),
        (token(header: #"{"alg":"HS256","crit":["b64"],"b64":false}"#), .algorithm),
        (token(header: #"{"alg":"none","alg":"HS256"}"#), .malformed),
        (token(header: #"{"alg":"HS256","\u0061lg":"none"}"#), .malformed),
        (token(header: #"["HS256"]"#), .malformed),
        (token(header: #"{"alg":"HS256"} x"#), .malformed),
        (token(header: #"{"alg":"HS256"}"#, payload: "[]"), .malformed),
        (token(header: #"{"alg":"HS256"}"#, payload: ""), .malformed),
        (token(header: #"{"alg":"HS256"}"#, payload: #"{"a":1,"a":2}"#), .malformed),
        (String(repeating: "a", count: JSONWebToken.bytesMax + 1), .tooLarge),
    ]

    @Test(arguments: refused)
    func refuses(_ text: String, _ expected: JSONWebToken.Refusal) {
        #expect(throws: expected) { _ = try JSONWebToken(verifying: text, key: Self.key) }
    }

    @Test func refusesAnEmptyKey() {
        let text = Self.token(header: #"{"alg":"HS256"}"#, key: [])
        #expect(throws: JSONWebToken.Refusal.signature) { _ = try JSONWebToken(verifying: text, key: []) }
    }

    /// `typ` says nothing that is relied upon.
    @Test(arguments: [#"{"alg":"HS256","typ":"x"}"#, #"{"typ":7,"alg":"HS256"}"#, " {\n\"alg\" :\t\"HS256\" } "])
    func acceptsAnyOtherHeaderMember(_ header: String) throws {
        _ = try JSONWebToken(verifying: Self.token(header: header), key: Self.key)
    }

    @Test func everyFlippedBitOfASignatureIsRefused() {
        let bytes = Array(Self.good.utf8)
        for position in bytes.indices where bytes[position] != UInt8(ascii: ".") {
            var changed = bytes
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            #expect(throws: JSONWebToken.Refusal.self) { _ = try JSONWebToken(verifying: text, key: Self.key) }
        }
    }

    @Test(arguments: [
        #"{"a":01}"#, #"{"a":+1}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":1e999}"#, #"{"a":tru}"#,
        #"{"a":}"#,
        #"{"a" 1}"#, #"{"a":1,}"#, #"{,}"#, #"{"a":"\x"}"#, #"{"a":"\ud800"}"#, "{\"a\":\"\n\"}", #"{"a":"b}"#,
        #"{a:1}"#,
        #"{"a":[1,]}"#, #"{"a":[[[[[[[[[1]]]]]]]]]}"#, #"{"a":NaN}"#, "{\"a\":1}\u{0}", "\u{FEFF}{}",
    ])
    func refusesWhatIsNoJSON(_ text: String) {
        #expect(StrictJSON.object(Array(text.utf8)) == nil)
    }

    @Test func refusesBytesThatAreNoUTF8() {
        #expect(StrictJSON.object(Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8)) == nil)
    }

    @Test func readsEveryKindOfValue() {
        let text = #"{"t":"\u00e9\n","n":-1.5e2,"z":0,"b":true,"f":false,"x":null,"o":{"k":[]},"l":[1,{"m":2}]}"#
        #expect(
            StrictJSON.object(Array(text.utf8)) == [
                "t": .text("é\n"), "n": .number(-150), "z": .number(0), "b": .bool(true), "f": .bool(false),
                "x": .null, "o": .composite, "l": .composite,
            ]
        )
    }
}
