import Crypto
import FunctionKit

/// Makes the values of keys in Azure's shape, by which scanners for leaked secrets know them.
///
/// 40 bytes: 33 random ones, three that are the text `AzFu` in base64, and a checksum of the 36 before it, as URL-safe base64 with
/// padding. Nothing ever checks the shape: any text is a key to whoever knows it.
enum KeyValue {
    /// Random bytes in a value: 264 bits.
    static let randomBytes = 33
    /// Base64 of these bytes is `AzFu`; they stand where it begins with a letter of its own.
    private static let signature: [UInt8] = [0x03, 0x31, 0x6E]

    /// A new value for a key of this scope.
    static func make(for scope: Key.Scope, random: any RandomSource) -> String {
        let bytes = random.bytes(randomBytes) + signature
        let checksum = MarvinChecksum.hash32(bytes, seed: seed(of: scope))
        let ending = (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
        return base64URLText(bytes + ending) + "=="
    }

    /// Whether a text has the shape, with the checksum of this scope.
    static func isGenerated(_ text: String, for scope: Key.Scope) -> Bool {
        guard text.hasSuffix("=="), let bytes = base64URLBytes(text.dropLast(2)), bytes.count == 40,
            bytes[33..<36].elementsEqual(signature)
        else { return false }
        let checksum = bytes[36...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return checksum == MarvinChecksum.hash32(bytes[..<36], seed: seed(of: scope))
    }

    /// Azure's seeds: `Master00`, `System00` and `Functi00`, read as numbers.
    private static func seed(of scope: Key.Scope) -> UInt64 {
        switch scope {
        case .master: 0x4D61_7374_6572_3030
        case .hostSystem: 0x5379_7374_656D_3030
        case .hostFunction, .function: 0x4675_6E63_7469_3030
        }
    }
}
