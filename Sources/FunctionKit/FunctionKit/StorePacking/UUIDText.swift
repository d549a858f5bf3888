/// The canonical text of a UUID (RFC 9562, section 4: 36 bytes, lower-case digits) and its 16 bytes. Both have the same order.
///
/// Eight digits at a time are worked on as the bytes of one number, since every index entry that is read passes here, and the
/// id of every invocation.
enum UUIDText {
    static let textCount = 36
    static let packedCount = 16

    /// Writes the 16 bytes of a text of 36; false when the text is not canonical, and then nothing is written.
    @inline(__always)
    static func pack(_ text: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Bool {
        let dash = UInt8(ascii: "-")
        guard text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash else { return false }
        let text = UnsafeRawPointer(text)
        let digits = (
            load(text, 0), load(text, 9) & Self.firstHalf | load(text, 10) & ~Self.firstHalf,
            load(text, 19) & Self.firstHalf | load(text, 20) & ~Self.firstHalf, load(text, 28)
        )
        guard let first = value(digits.0), let second = value(digits.1), let third = value(digits.2),
            let fourth = value(digits.3)
        else { return false }
        let target = UnsafeMutableRawPointer(target)
        store(first << 32 | second, target, 0)
        store(third << 32 | fourth, target, 8)
        return true
    }

    /// Writes the text of 36 bytes of a packed UUID, which may lie at the same place.
    @inline(__always)
    static func unpack(_ packed: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
        write(load(UnsafeRawPointer(packed), 0), load(UnsafeRawPointer(packed), 8), to: target)
    }

    /// Writes the text of 36 bytes of a UUID's two halves.
    @inline(__always)
    static func write(_ high: UInt64, _ low: UInt64, to target: UnsafeMutablePointer<UInt8>) {
        let (second, third) = (digits(high & 0xFFFF_FFFF), digits(low >> 32))
        let target = UnsafeMutableRawPointer(target)
        let dash = UInt8(ascii: "-")
        store(digits(high >> 32), target, 0)
        store(second, target, 9)
        // The second half of a group of eight moves on by a dash, over what the first store left there.
        store(second << 32, target, 14)
        store(third, target, 19)
        store(third << 32, target, 24)
        store(digits(low & 0xFFFF_FFFF), target, 28)
        target.storeBytes(of: dash, toByteOffset: 8, as: UInt8.self)
        target.storeBytes(of: dash, toByteOffset: 13, as: UInt8.self)
        target.storeBytes(of: dash, toByteOffset: 18, as: UInt8.self)
        target.storeBytes(of: dash, toByteOffset: 23, as: UInt8.self)
    }

    /// The first four of eight digits.
    private static let firstHalf: UInt64 = 0xFFFF_FFFF_0000_0000
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The eight digits of 32 bits, the first in the highest byte.
    @inline(__always)
    private static func digits(_ value: UInt64) -> UInt64 {
        var spread = (value << 16 | value) & 0x0000_FFFF_0000_FFFF
        spread = (spread << 8 | spread) & 0x00FF_00FF_00FF_00FF
        spread = (spread << 4 | spread) & 0x0F0F_0F0F_0F0F_0F0F
        return characters(spread)
    }

    /// The characters of eight values from 0 to 15: those above 9 get the distance from `9` to `a` more.
    @inline(__always)
    private static func characters(_ values: UInt64) -> UInt64 {
        let letters = (values &+ 6 &* ones) >> 4 & ones
        return values &+ 0x30 &* ones &+ letters &* 39
    }

    /// The 32 bits of eight digits; nil when one of them is no lower-case hexadecimal digit.
    @inline(__always)
    private static func value(_ digits: UInt64) -> UInt64? {
        let letters = digits >> 6 & ones
        let values = (digits & (0x0F &* ones)) &+ letters &* 9
        guard values & (0xF0 &* ones) == 0, characters(values) == digits else { return nil }
        var packed = (values | values >> 4) & 0x00FF_00FF_00FF_00FF
        packed = (packed | packed >> 8) & 0x0000_FFFF_0000_FFFF
        return (packed | packed >> 16) & 0xFFFF_FFFF
    }

    @inline(__always)
    private static func load(_ source: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        UInt64(bigEndian: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func store(_ number: UInt64, _ target: UnsafeMutableRawPointer, _ offset: Int) {
        target.storeBytes(of: number.bigEndian, toByteOffset: offset, as: UInt64.self)
    }
}
