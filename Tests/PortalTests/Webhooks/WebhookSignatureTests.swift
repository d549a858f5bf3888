import FunctionKit
import Testing

@testable import Portal

/// Standard Webhooks signatures and the times of repetition.
struct WebhookSignatureTests {
    @Test(arguments: [
        // The vector of the Standard Webhooks reference libraries.
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        // Computed with Python's hmac over the same message.
        ("plain secret", "v1,gke7k785FD6W2FuaDcrvG3sQcmFE9YVaaAmarK4oi68="),
    ])
    func signsIDTimeAndBody(secret: String, signature: String) throws {
        let webhook = try #require(StandardWebhook(secret: secret))
        let headers = webhook.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            time: Timestamp(seconds: 1_614_265_330),
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(headers["webhook-timestamp"] == "1614265330")
        #expect(headers["webhook-signature"] == signature)
    }

    @Test(arguments: ["", "whsec_", "whsec_not base64!"])
    func refusesSecretsThatCannotBeKeys(secret: String) {
        #expect(StandardWebhook(secret: secret) == nil)
    }

    @Test func repeatsSoonThenEveryTwoHoursUntilADayHasPassed() {
        var elapsed: Duration = .zero
        var delays: [Int64] = []
        while let delay = WebhookSchedule.delay(afterAttempts: delays.count + 1, sinceFirst: elapsed) {
            delays.append(delay.components.seconds)
            elapsed += delay
        }
        #expect(delays == [5, 60, 300, 1800] + Array(repeating: 7200, count: 11) + [5035])
        #expect(elapsed == .seconds(86_400))
    }
}
