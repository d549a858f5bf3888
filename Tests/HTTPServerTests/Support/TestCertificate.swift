@testable import HTTPServer

/// A certificate for `localhost` that signs itself, made by OpenSSL's own program.
final class TestCertificate: Sendable {
    let folder: ScratchFolder
    var certificate: String { "\(folder.path)/cert.pem" }
    var key: String { "\(folder.path)/key.pem" }
    var source: TLSCertificate { TLSCertificate(path: certificate, keyPath: key) }

    /// - Parameters:
    ///   - key: what the key is, as `openssl req` has it.
    ///   - days: how long the certificate is valid.
    init(key: String = "ec -pkeyopt ec_paramgen_curve:P-256", days: Int = 365) throws {
        folder = try ScratchFolder()
        try make(key: key, days: days)
    }

    /// Makes another certificate in place of this one.
    func make(
        name: String = "localhost",
        key: String = "ec -pkeyopt ec_paramgen_curve:P-256",
        days: Int = 365
    ) throws {
        try run(
            """
            openssl req -x509 -newkey \(key) -nodes -keyout key.pem -out cert.pem -days \(days) -subj '/CN=\(name)' \
            -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' && chmod 600 key.pem
            """
        )
    }

    /// Runs a line in the folder; what it prints, with `ok` at its end when it went well.
    @discardableResult
    func run(_ line: String) throws -> String {
        let output = try shell("cd '\(folder.path)' && \(line) && echo ok")
        guard output.hasSuffix("ok\n") else { throw TestClient.Failure(reason: output) }
        return output
    }
}
