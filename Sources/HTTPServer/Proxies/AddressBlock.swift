/// Addresses with a common beginning, in the notation of RFC 4632 and RFC 4291 (section 2.3): `10.0.0.0/8`, `2001:db8::/32`; a single
/// address without a slash.
struct AddressBlock: Hashable, Sendable {
    let base: IPAddress
    /// How many of the 128 bits of the IPv6 form are common.
    private let prefixBits: Int

    /// Reads a block.
    ///
    /// - Throws: ``TrustedProxiesError`` when the text is none, or has bits behind its prefix.
    init(_ text: String) throws(TrustedProxiesError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(parts[0]) else {
            throw TrustedProxiesError("'\(text)' is neither an address, nor a block such as 10.0.0.0/8, nor 'unix'.")
        }
        base = address
        let bits = address.isIPv4 ? 32 : 128
        guard parts.count == 2 else {
            prefixBits = 128
            return
        }
        let isDecimal = !parts[1].isEmpty && parts[1].utf8.count <= 3 && parts[1].utf8.allSatisfy(ByteClass.isDigit)
        guard isDecimal, let length = Int(parts[1]), length <= bits else {
            throw TrustedProxiesError("'\(text)' has no length from 0 to \(bits) behind its slash.")
        }
        prefixBits = 128 - bits + length
        let start = Self.masked(address, to: prefixBits)
        guard start == address else {
            throw TrustedProxiesError(
                "'\(text)' is not the beginning of its block. If the block is meant, write \(start.text)/\(length)."
            )
        }
    }

    /// Whether an address lies within; an IPv4 address lies in no block of IPv6.
    func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == base.isIPv4 && Self.masked(address, to: prefixBits) == base
    }

    private static func masked(_ address: IPAddress, to bits: Int) -> IPAddress {
        // Swift's shifts by 64 and more give zero.
        let high: UInt64 = bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
        let low: UInt64 = bits <= 64 ? 0 : ~(UInt64.max >> UInt64(bits - 64))
        return IPAddress(high: address.high & high, low: address.low & low)
    }
}
