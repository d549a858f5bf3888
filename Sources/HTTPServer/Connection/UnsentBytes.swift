import FunctionKit

/// What a socket did not take yet: bytes, then a part of a file.
struct UnsentBytes {
    var first: [UInt8] = []
    var second: [UInt8] = []
    /// Bytes of both together that are sent already.
    var offset = 0
    var file: FileRegion?
    /// Bytes of the file's part that are sent already.
    var fileOffset = 0

    var isEmpty: Bool { hasNoBytes && file == nil }

    /// Whether the bytes are sent, so that the file is next.
    var hasNoBytes: Bool { offset >= first.count + second.count }

    /// Adds later output behind what is there. Nothing follows a file: the state machine writes no more until it is sent.
    mutating func append(_ output: borrowing OutputBuffer) {
        output.withParts {
            second.append(contentsOf: $0)
            second.append(contentsOf: $1)
        }
        file = output.file
    }

    /// Gives the unsent bytes of both parts to a writer.
    func withParts<Result>(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                let skippedFirst = min(offset, first.count)
                let skippedSecond = offset - skippedFirst
                return body(
                    UnsafeBufferPointer(rebasing: first[skippedFirst...]),
                    UnsafeBufferPointer(rebasing: second[skippedSecond...])
                )
            }
        }
    }
}
