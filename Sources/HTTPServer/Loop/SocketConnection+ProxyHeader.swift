import Glibc

extension SocketConnection {
    /// Reads the PROXY header and nothing behind it, so that TLS or HTTP find their own first byte.
    ///
    /// - Returns: nil when it has been read.
    func readProxyHeader() -> SocketCalls.Outcome? {
        let (bytes, code) = peek(ProxyHeader.bytesMax)
        guard let bytes else {
            guard code == EAGAIN else { return .failed }
            isReadable = false
            return .wouldBlock
        }
        guard !bytes.isEmpty else {
            isReadable = false
            return .end
        }
        switch ProxyHeader.read(bytes) {
        case .incomplete:
            // The system tells when there is more. After the peer's end there will never be.
            isReadable = false
            complaint = ProxyHeader.cutShort
            return hasHungUp ? .failed : .wouldBlock
        case .invalid(let reason):
            complaint = reason
            return .failed
        case .complete(let header):
            guard skip(header.length) else { return .failed }
            awaitsProxyHeader = false
            state.learn(header)
            return nil
        }
    }

    private func peek(_ count: Int) -> (bytes: [UInt8]?, errno: CInt) {
        var code: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var result = 0
            repeat {
                result = recv(id.descriptor, buffer.baseAddress, count, CInt(MSG_PEEK))
            } while result < 0 && errno == EINTR
            code = result < 0 ? errno : 0
            filled = max(0, result)
        }
        return (code == 0 ? bytes : nil, code)
    }

    /// Reads past bytes that are known to be there.
    private func skip(_ count: Int) -> Bool {
        var rest = count
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
            while rest > 0 {
                let result = recv(id.descriptor, buffer.baseAddress, rest, 0)
                if result < 0, errno == EINTR { continue }
                guard result > 0 else { return false }
                rest -= result
            }
            return true
        }
    }
}
