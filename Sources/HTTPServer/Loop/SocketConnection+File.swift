import CLinux
import FunctionKit
import Glibc

extension SocketConnection {
    /// Sends a part of a file, as much as the socket takes: by the system alone where it can, else through `buffer`.
    ///
    /// - Returns: ``SocketCalls/Outcome/end`` when the file has ended before the part has.
    func send(
        _ region: FileRegion,
        from position: Int,
        upTo count: Int,
        through buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> SocketCalls.Outcome {
        let (file, offset) = (region.file.descriptor, region.offset + position)
        if isPlain, let outcome = SocketCalls.sendFile(id.descriptor, file, offset, count) { return outcome }
        let wanted = UnsafeMutableBufferPointer(rebasing: buffer[..<min(count, buffer.count)])
        switch SocketCalls.readFile(file, offset, into: wanted) {
        case .bytes(let read):
            let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
            return send(UnsafeBufferPointer(rebasing: wanted[..<read]), none)
        case let other: return other
        }
    }
}

extension SocketCalls {
    /// Sends from a file to a socket without a copy in this process (`sendfile(2)`); nil where the file system cannot.
    static func sendFile(_ descriptor: CInt, _ file: CInt, _ offset: Int, _ count: Int) -> Outcome? {
        var offset = off_t(offset)
        while true {
            let sent = sendfile(descriptor, file, &offset, count)
            if sent > 0 { return .bytes(sent) }
            if sent == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case EINVAL, ENOSYS: return nil
            default: return .failed
            }
        }
    }

    /// Reads from a file, without the use of its position.
    static func readFile(_ file: CInt, _ offset: Int, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Outcome {
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, off_t(offset))
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno != EINTR { return .failed }
        }
    }
}
