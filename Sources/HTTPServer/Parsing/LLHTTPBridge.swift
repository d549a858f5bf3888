import CLLHTTP

/// The only place that hands pointers to llhttp.
///
/// llhttp reports a span that is still open at the end of each call, and lets it begin anew at the first byte of the next
/// (its generated `llhttp__internal_execute` does so); the collector's address is set for one call and cleared behind it.
/// So no pointer is followed after the call that it was given to.
enum LLHTTPBridge {
    /// The callbacks, allocated once for the life of the process and never changed: llhttp asks for a mutable pointer but
    /// only reads.
    private nonisolated(unsafe) static let settings: UnsafeMutablePointer<llhttp_settings_t> = {
        let settings = UnsafeMutablePointer<llhttp_settings_t>.allocate(capacity: 1)
        settings.initialize(to: llhttp_settings_t())
        llhttp_settings_init(settings)
        settings.pointee.on_url = { parser, start, length in
            collector(parser) { $0.takeTarget(start, length) }
            return 0
        }
        settings.pointee.on_url_complete = { parser in
            collector(parser) { $0.isTargetComplete = true }
            return 0
        }
        settings.pointee.on_header_field = { parser, start, length in
            collector(parser) { $0.takeName(start, length) }
            return 0
        }
        settings.pointee.on_header_field_complete = { parser in
            var isAllowed = true
            collector(parser) { isAllowed = $0.endName() }
            return isAllowed ? 0 : CInt(HPE_USER.rawValue)
        }
        settings.pointee.on_header_value = { parser, start, length in
            collector(parser) { $0.takeValue(start, length) }
            return 0
        }
        settings.pointee.on_headers_complete = { parser in
            collector(parser) { $0.isComplete = true }
            return CInt(HPE_PAUSED.rawValue)
        }
        return settings
    }()

    @inline(__always)
    private static func collector(_ parser: UnsafeMutablePointer<llhttp_t>?, _ body: (inout HeadCollector) -> Void) {
        guard let data = parser?.pointee.data else { return }
        body(&data.assumingMemoryBound(to: HeadCollector.self).pointee)
    }

    static func initialize(_ parser: inout llhttp_t) {
        llhttp_init(&parser, HTTP_REQUEST, settings)
    }

    /// Parses the bytes from `start` to `end`; returns llhttp's result and, for an error, its position.
    static func execute(
        _ parser: inout llhttp_t,
        _ collector: inout HeadCollector,
        _ bytes: Span<UInt8>,
        from start: Int,
        to end: Int
    ) -> (llhttp_errno_t, Int) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return (HPE_OK, 0) }
            return address.withMemoryRebound(to: CChar.self, capacity: buffer.count) { base in
                collector.base = base
                defer { collector.base = nil }
                return withUnsafeMutablePointer(to: &collector) { collector in
                    parser.data = UnsafeMutableRawPointer(collector)
                    defer { parser.data = nil }
                    let code = llhttp_execute(&parser, base + start, end - start)
                    guard code != HPE_OK, let position = llhttp_get_error_pos(&parser) else { return (code, end) }
                    return (code, position - base)
                }
            }
        }
    }
}
