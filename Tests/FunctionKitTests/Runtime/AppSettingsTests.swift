import FunctionKit
import Testing

/// App settings as functions see them.
struct AppSettingsTests {
    @Test(
        arguments: [
            ("SET", "value"), ("BLANK", " "), ("EMPTY", nil), ("ABSENT", nil), ("set", nil), ("", nil),
        ] as [(String, String?)]
    )
    func anEmptySettingIsNotSet(name: String, value: String?) {
        let values = ["SET": "value", "EMPTY": "", "BLANK": " "]
        #expect(AppSettings(values)[name] == value)
        #expect(AppSettings { values[$0] }[name] == value)
    }
}
