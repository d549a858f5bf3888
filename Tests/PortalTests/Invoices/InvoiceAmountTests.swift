import FunctionKit
import Testing

@testable import Portal

/// Amounts arrive digit for digit.
struct InvoiceAmountTests {
    @Test(arguments: ["0", "120.50", "-3.00", "1000000000000000000000.01", "0.1"])
    func accepts(text: String) {
        #expect(DecimalText(text)?.description == text)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "1e3", "1,5", "+1", " 1", "01", "1.2.3", "NaN", "0x1", "١",
        String(repeating: "1", count: 41),
    ])
    func refuses(text: String) {
        #expect(DecimalText(text) == nil)
    }

    @Test(arguments: [
        (
            #"{"a":120.50,"b":[-1,2.0 ,3],"c":"4","d":true,"e":null}"#,
            #"{"a":"120.50","b":["-1","2.0" ,"3"],"c":"4","d":true,"e":null}"#
        ),
        (#"{"a 1":"x: 5, \"6\" \\","b": 7}"#, #"{"a 1":"x: 5, \"6\" \\","b": "7"}"#),
        ("12", "\"12\""), ("", ""), (#"{"a":1"#, #"{"a":"1""#), ("<html>1</html>", "<html>1</html>"),
    ])
    func numbersBecomeTexts(json: String, quoted: String) {
        #expect(String(decoding: quotingNumbers(in: Array(json.utf8)), as: UTF8.self) == quoted)
    }
}
