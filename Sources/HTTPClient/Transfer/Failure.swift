import CCurl
import FunctionKit

extension HTTPClientError {
    /// What libcurl's outcome means for the caller. The text is made of our own words, the origin and the system's error
    /// alone: libcurl's own message can hold parts of the URL or of a header.
    init(_ code: CURLcode, systemError: Int32, origin: Origin) {
        let reason = systemError == 0 ? "" : ": \(Self.text(of: systemError))"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            self.init(.unreachable, "\(origin) is unreachable: the name does not resolve.")
        case CURLE_COULDNT_CONNECT:
            self.init(.unreachable, "\(origin) is unreachable\(reason).")
        case CURLE_PEER_FAILED_VERIFICATION:
            self.init(.unreachable, "\(origin) is unreachable: its certificate is not trusted for this host.")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
            self.init(.unreachable, "\(origin) is unreachable: the TLS handshake failed\(reason).")
        case CURLE_SSL_CACERT_BADFILE:
            self.init(.unreachable, "\(origin) is unreachable: the file of certificate authorities cannot be read.")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timedOut, "\(origin) did not answer in time.")
        case CURLE_URL_MALFORMAT:
            self.init(.invalidRequest, "The URL of the request to \(origin) is malformed.")
        case CURLE_GOT_NOTHING:
            self.init(.interrupted, "\(origin) closed the connection without an answer.")
        case CURLE_PARTIAL_FILE:
            self.init(.interrupted, "\(origin) closed the connection before its answer was complete.")
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            self.init(.interrupted, "\(origin) answered something that is not HTTP.")
        case CURLE_ABORTED_BY_CALLBACK:
            self.init(
                .interrupted,
                "\(origin) closed the connection before it answered; the request is not sent twice."
            )
        default:
            let name = String(cString: curl_easy_strerror(code))
            self.init(.interrupted, "The exchange with \(origin) broke: \(name)\(reason).")
        }
    }

    private static func text(of systemError: Int32) -> String {
        ccurl_system_error_text(systemError).map { String(cString: $0) } ?? "error \(systemError)"
    }
}
