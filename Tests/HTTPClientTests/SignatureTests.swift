import Crypto
import FunctionKit
import HTTPClient
import Testing

/// AWS Signature Version 4, computed a second time from what arrived, after AWS's "Create a signed AWS API request".
struct SignatureTests {
    private static let signature = AWSSignature(
        service: "ses",
        region: "eu-west-1",
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        sessionToken: "session-token=="
    )

    /// The signature that the request should have, given the fields that it says it signed.
    private func expectedSignature(_ request: ReceivedRequest, signedFields: [String], day: String) -> String {
        let parts = request.requestLine.split(separator: " ")
        let canonicalFields = signedFields.map { "\($0):\(request.fields[$0] ?? "")\n" }.joined()
        let canonical =
            "\(parts[0])\n\(parts[1])\n\n\(canonicalFields)\n\(signedFields.joined(separator: ";"))\n"
            + hexText(sha256(request.body))
        let scope = "\(day)/\(Self.signature.region)/\(Self.signature.service)/aws4_request"
        let text =
            "AWS4-HMAC-SHA256\n\(request.fields["X-Amz-Date"] ?? "")\n\(scope)\n" + hexText(sha256(canonical.utf8))
        let seed = Array("AWS4\(Self.signature.secretAccessKey)".utf8)
        let key = scope.split(separator: "/").reduce(seed) { hmacSHA256(key: $0, $1.utf8) }
        return hexText(hmacSHA256(key: key, text.utf8))
    }

    @Test(arguments: [true, false])
    func requestIsSigned(isStreamed: Bool) async throws {
        try await withServer(always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) { server, client in
            let text = "{\"Content\":{}}"
            let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            continuation.yield(Array(text.utf8))
            continuation.finish()
            let request = OutboundRequest(
                method: .post,
                url: "\(server.origin)/v2/email/outbound-emails",
                headers: ["Content-Type": "application/json"],
                body: isStreamed ? HTTPBody(chunks: chunks) : HTTPBody(text),
                awsSignature: Self.signature
            ).patient
            _ = try await client.send(request).text()
            let received = try #require(server.requests.first)
            #expect(received.text == text)
            #expect(received.fields["X-Amz-Security-Token"] == "session-token==")
            let date = try #require(received.fields["X-Amz-Date"])
            let day = String(date.prefix(8))
            let authorization = try #require(received.fields["Authorization"])
            let start = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(day)/eu-west-1/ses/aws4_request, SignedHeaders="
            #expect(authorization.hasPrefix(start))
            let rest = authorization.dropFirst(start.count).split(separator: ", Signature=")
            #expect(rest.count == 2)
            let signedFields = rest[0].split(separator: ";").map(String.init)
            for name in ["host", "x-amz-date", "x-amz-security-token", "content-type"] {
                #expect(signedFields.contains(name))
            }
            #expect(rest[1] == expectedSignature(received, signedFields: signedFields, day: day))
            #expect(!received.head.contains(Self.signature.secretAccessKey))
        }
    }

    @Test func malformedCredentialsAreRefused() async {
        let client = CurlHTTPClient()
        for (region, key, secret) in [("eu west", "A", "s"), ("eu-west-1", "", "s"), ("eu-west-1", "A", "s\r\n")] {
            let signature = AWSSignature(service: "ses", region: region, accessKeyID: key, secretAccessKey: secret)
            let request = OutboundRequest(url: "http://127.0.0.1:1/", awsSignature: signature).patient
            #expect(await failure(of: request, with: client)?.code == .invalidRequest)
        }
        await client.close()
    }
}
