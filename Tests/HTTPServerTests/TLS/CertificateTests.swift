import Testing

@testable import HTTPServer

/// Certificates and keys: what is read, what is warned of, and what is refused in which words. The words never hold a password.
@Suite struct CertificateTests {
    private func error(_ source: TLSCertificate) -> String? {
        do throws(TLSError) {
            _ = try TLSCredentials(source)
            return nil
        } catch { return error.description }
    }

    @Test(arguments: ["ec -pkeyopt ec_paramgen_curve:P-256", "rsa:2048", "ed25519"])
    func aPairIsRead(key: String) throws {
        let certificate = try TestCertificate(key: key)
        #expect(try TLSCredentials(certificate.source).warnings == [])
        // Both in one file, in either order.
        try certificate.run("cat key.pem cert.pem > both.pem && cat cert.pem key.pem > htob.pem && chmod 600 *.pem")
        for name in ["both", "htob"] {
            #expect(try TLSCredentials(TLSCertificate(path: "\(certificate.folder.path)/\(name).pem")).warnings == [])
        }
    }

    @Test func anEncryptedKeyNeedsItsPassword() throws {
        let certificate = try TestCertificate()
        try certificate.run(
            "openssl pkey -in key.pem -aes256 -passout pass:s3same -out locked.pem && chmod 600 locked.pem"
        )
        var source = TLSCertificate(path: certificate.certificate, keyPath: "\(certificate.folder.path)/locked.pem")
        #expect(error(source) == "The key '\(source.keyPath ?? "")' is encrypted. Give its password.")
        source.password = "wrong"
        #expect(error(source) == "The password does not open the key '\(source.keyPath ?? "")'.")
        source.password = String(repeating: "x", count: 10_000)
        #expect(error(source) == "The password does not open the key '\(source.keyPath ?? "")'.")
        source.password = "s3same"
        #expect(error(source) == nil)
    }

    @Test func aPKCS12FileIsOpened() throws {
        let certificate = try TestCertificate()
        try certificate.run(
            """
            openssl pkcs12 -export -in cert.pem -inkey key.pem -out a.pfx -passout pass:s3same && \
            openssl pkcs12 -export -in cert.pem -inkey key.pem -out open.pfx -passout pass: && \
            openssl pkcs12 -export -in cert.pem -nokeys -out nokey.pfx -passout pass: && chmod 600 *.pfx
            """
        )
        let path = { (name: String) in "\(certificate.folder.path)/\(name).pfx" }
        #expect(error(TLSCertificate(path: path("a"), password: "s3same")) == nil)
        #expect(error(TLSCertificate(path: path("open"))) == nil)
        #expect(
            error(TLSCertificate(path: path("a"))) == "The certificate '\(path("a"))' is encrypted. Give its password."
        )
        #expect(
            error(TLSCertificate(path: path("a"), password: "wrong"))
                == "The password does not open the certificate '\(path("a"))'."
        )
        #expect(
            error(TLSCertificate(path: path("nokey")))
                == "The file '\(path("nokey"))' lacks a certificate or its key. Export both into it."
        )
        #expect(
            error(TLSCertificate(path: path("a"), keyPath: certificate.key))
                == "The certificate '\(path("a"))' is no PEM file, so it is taken for PKCS#12, which holds its key itself. "
                + "Name no key, or convert the certificate to PEM."
        )
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let (one, other) = (try TestCertificate(), try TestCertificate())
        #expect(
            error(TLSCertificate(path: one.certificate, keyPath: other.key))
                == "The key '\(other.key)' does not fit the certificate '\(one.certificate)'. "
                + "Name the key that the certificate was made for, and let the server's own certificate be the file's first."
        )
    }

    @Test func aWeakKeyIsRefused() throws {
        let certificate = try TestCertificate(key: "rsa:1024")
        let words = try #require(error(certificate.source))
        #expect(words.hasPrefix("The certificate '\(certificate.certificate)' cannot be used: "), "\(words)")
        #expect(words.hasSuffix("Keys need at least 2048 bits for RSA or 224 for elliptic curves."))
    }

    @Test func filesThatCannotBeAreNamed() throws {
        let certificate = try TestCertificate()
        try certificate.run(
            "printf x > x && : > empty && mkdir folder && head -c 1048577 /dev/zero > large && chmod 600 *"
        )
        let folder = certificate.folder.path
        for (path, words) in [
            ("none", "The certificate '\(folder)/none' cannot be read: No such file or directory. Check the path."),
            ("folder", "The certificate '\(folder)/folder' is not a file. Name the file itself."),
            ("empty", "The certificate '\(folder)/empty' is empty."),
            ("large", "The certificate '\(folder)/large' has more than 1048576 bytes, which no certificate needs."),
            ("x", "The certificate '\(folder)/x' is neither PEM nor PKCS#12."),
        ] { #expect(error(TLSCertificate(path: "\(folder)/\(path)")) == words) }
        #expect(
            error(TLSCertificate(path: certificate.certificate, keyPath: "\(folder)/none"))
                == "The key '\(folder)/none' cannot be read: No such file or directory. Check the path."
        )
        let noKey = error(TLSCertificate(path: certificate.certificate)) ?? ""
        #expect(noKey.hasPrefix("The file '\(certificate.certificate)' has no key that can be read: "))
        let noCertificate = error(TLSCertificate(path: certificate.key)) ?? ""
        #expect(noCertificate.hasPrefix("The file '\(certificate.key)' has no certificate that can be read: "))
        try certificate.run(
            "(echo '-----BEGIN CERTIFICATE-----'; echo 'AAAA'; echo '-----END CERTIFICATE-----') > broken"
        )
        #expect(
            error(TLSCertificate(path: "\(folder)/broken"))?.contains("has no certificate that can be read") == true
        )
    }

    /// A file of which a part is written yet, or whose middle was lost.
    @Test func aChainHasToBeWhole() throws {
        let certificate = try TestCertificate()
        let folder = certificate.folder.path
        try certificate.run(
            """
            cat cert.pem cert.pem > whole.pem && (echo; echo '# the end'; echo) >> whole.pem
            head -n -3 whole.pem > half.pem; head -c 900 whole.pem > cut.pem
            (cat cert.pem; echo '-----BEGIN CERTIFICATE-----'; echo AAAA; echo '-----END CERTIFICATE-----') > broken.pem
            """
        )
        for name in ["cert.pem", "whole.pem"] {
            #expect(error(TLSCertificate(path: "\(folder)/\(name)", keyPath: certificate.key)) == nil)
        }
        for name in ["broken.pem", "cut.pem"] {
            let words = error(TLSCertificate(path: "\(folder)/\(name)", keyPath: certificate.key)) ?? ""
            #expect(words.hasPrefix("Certificate 2 in the file '\(folder)/\(name)' cannot be read: "))
            #expect(words.hasSuffix("then rename it."))
        }
    }

    @Test func whatDoesNotHinderIsWarnedOf() throws {
        let certificate = try TestCertificate(days: 5)
        // Five days to the second, or a second less.
        let words = [4, 5].map { "The certificate '\(certificate.certificate)' expires in \($0) days. Renew it." }
        let warnings = try TLSCredentials(certificate.source).warnings
        #expect(warnings.count == 1 && words.contains(warnings[0]), "\(warnings)")
        try certificate.make()
        try certificate.run("chmod 644 key.pem")
        #expect(
            try TLSCredentials(certificate.source).warnings
                == ["Every user of this machine can read the key '\(certificate.key)'. Run 'chmod 600' on it."]
        )
        // A certificate that ended long ago, and one that begins in a while.
        for (dates, words) in [
            ("20200101000000Z -enddate 20200201000000Z", "has expired, and clients refuse it. Renew it."),
            (
                "20900101000000Z -enddate 20910101000000Z",
                "is not valid yet, and clients refuse it. Check this machine's clock."
            ),
        ] {
            try certificate.run(
                """
                chmod 600 key.pem && rm -rf ca && mkdir ca && : > ca/index && echo 01 > ca/serial && \
                printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=ca/index\\nserial=ca/serial\\nnew_certs_dir=ca\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' > ca.cnf && \
                openssl req -new -key key.pem -subj /CN=localhost -out request.pem && \
                openssl ca -batch -config ca.cnf -selfsign -keyfile key.pem -in request.pem -out cert.pem -notext \
                -startdate \(dates)
                """
            )
            #expect(
                try TLSCredentials(certificate.source).warnings == [
                    "The certificate '\(certificate.certificate)' \(words)"
                ]
            )
        }
    }

    @Test func aBrokenPairDoesNotReplaceTheOld() throws {
        let certificate = try TestCertificate()
        let credentials = try TLSCredentials(certificate.source)
        try certificate.run(
            "cp key.pem old.pem && openssl genpkey -algorithm ed25519 -out key.pem && chmod 600 key.pem"
        )
        #expect(throws: TLSError.self) { try credentials.reload() }
        try certificate.run("cp old.pem key.pem")
        #expect(try credentials.reload() == [])
    }
}
