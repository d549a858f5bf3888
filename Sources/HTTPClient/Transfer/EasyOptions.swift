import CCurl

/// Sets the options of an easy handle and remembers the first failure.
struct EasyOptions {
    let easy: UnsafeMutableRawPointer
    var result = CURLE_OK

    mutating func set(_ option: CURLoption, _ value: Int) { keep(ccurl_set_number(easy, option, value)) }

    mutating func set(_ option: CURLoption, _ value: String) { keep(ccurl_set_text(easy, option, value)) }

    mutating func set(_ option: CURLoption, size: Int) { keep(ccurl_set_size(easy, option, curl_off_t(size))) }

    mutating func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
        keep(ccurl_set_pointer(easy, option, pointer))
    }

    mutating func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
        keep(ccurl_set_list(easy, option, list))
    }

    /// Sets a body in memory, which libcurl copies.
    mutating func setBytes(_ bytes: [UInt8]) {
        set(CURLOPT_POST, 1)
        set(CURLOPT_POSTFIELDSIZE_LARGE, size: bytes.count)
        bytes.withUnsafeBytes { buffer in
            // The size is set, so libcurl reads that many bytes and expects no terminator.
            let text = buffer.assumingMemoryBound(to: CChar.self).baseAddress
            keep(
                bytes.isEmpty
                    ? ccurl_set_text(easy, CURLOPT_COPYPOSTFIELDS, "")
                    : ccurl_set_text(easy, CURLOPT_COPYPOSTFIELDS, text)
            )
        }
    }

    /// What is the same for every request.
    mutating func setFixed(isSecure: Bool, certificateAuthorities: String?) {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        // An empty text rules out the proxies of the environment.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        // The deadlines are the loop's; libcurl's own would end the wait for a connection after 300 s.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(Int32.max))
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        guard isSecure else { return }
        set(CURLOPT_PIPEWAIT, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let certificateAuthorities { set(CURLOPT_CAINFO, certificateAuthorities) }
    }

    mutating func keep(_ code: CURLcode) {
        if result == CURLE_OK { result = code }
    }
}
