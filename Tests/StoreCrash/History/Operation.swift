import FunctionKit

/// One commit of the victim: what it was about to do, told before it was done.
struct Operation: Sendable, Hashable {
    /// What becomes of a document.
    enum Effect: Sendable, Hashable {
        /// It has a body with this checksum until it expires.
        case put(sum: UInt64, expiresAt: Timestamp?)
        /// It is gone.
        case removal

        /// True when nobody sees the document at this moment.
        func isAbsent(at moment: Timestamp) -> Bool {
            switch self {
            case .put(_, let expiresAt): expiresAt.map { $0 <= moment } ?? false
            case .removal: true
            }
        }
    }

    /// What becomes of one document.
    struct Write: Sendable, Hashable {
        /// Collection and id, `items/7`.
        var key: String
        var effect: Effect
    }

    /// Its name, which no other operation has.
    var name: String
    var tenant: String
    var writes: [Write]
}

extension Operation.Write {
    /// `items/7=00c0ffee` with `@milliseconds` behind it when it expires, or `items/7` for a removal.
    var text: String {
        switch effect {
        case .removal: key
        case .put(let sum, nil): "\(key)=\(String(sum, radix: 16))"
        case .put(let sum, let expiresAt?): "\(key)=\(String(sum, radix: 16))@\(expiresAt.milliseconds)"
        }
    }

    init?(_ text: Substring) {
        let parts = text.split(separator: "=")
        guard let key = parts.first, parts.count <= 2 else { return nil }
        self.key = String(key)
        guard parts.count == 2 else {
            effect = .removal
            return
        }
        let values = parts[1].split(separator: "@")
        guard let first = values.first, let sum = UInt64(first, radix: 16) else { return nil }
        guard values.count == 2 else {
            effect = .put(sum: sum, expiresAt: nil)
            return
        }
        guard let milliseconds = Int64(values[1]) else { return nil }
        effect = .put(sum: sum, expiresAt: Timestamp(milliseconds: milliseconds))
    }
}

/// The checksum of a body (FNV-1a, 64 bits), computed apart from the store's own.
func checksum(_ body: [UInt8]) -> UInt64 {
    body.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
