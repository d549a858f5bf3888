import FunctionKit
import Testing

/// The rules of queue names.
struct QueueNameTests {
    @Test(arguments: ["abc", "a-b", "0-9", "portal-signing-notify", String(repeating: "q", count: 63)])
    func aNameWithinTheRulesIsKept(text: String) throws { #expect(try QueueName(text).description == text) }

    @Test(arguments: [
        "", "a", "ab", "-ab", "ab-", "a--b", "---", "Abc", "a_b", "a.b", "a b", "abc ", "abc\n", "é-é", "a/b", "../x",
        "a\0b",
        String(repeating: "q", count: 64),
    ])
    func anyOtherNameIsRefused(text: String) {
        let error = #expect(throws: StoreError.self) { _ = try QueueName(text) }
        #expect(error?.code == .invalidName)
        #expect(
            error?.message
                == "'\(text)' is not a valid queue name. Use 3 to 63 characters of a-z, 0-9 and single dashes inside."
        )
    }

    @Test func thePoisonQueueHasALongerName() throws {
        #expect(try QueueName("mails").poison.description == "mails-poison")
        #expect(try QueueName(String(repeating: "q", count: 56)).poison.description.utf8.count == 63)
        let long = try QueueName(String(repeating: "q", count: 57))
        #expect(throws: StoreError.self) { _ = try long.poison }
    }
}
