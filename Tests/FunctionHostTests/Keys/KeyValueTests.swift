import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Generated keys have Azure's shape: the signature, and the checksum seeded by what the key is for.
struct KeyValueTests {
    private static let seeds: [UInt64] = [0x004f_b61a_001b_dbcc, 0x804f_b61a_001b_dbcc, 0x804f_b61a_801b_dbcc]

    /// SymCrypt's own vector, then those of an implementation that others check theirs against.
    @Test(
        arguments: [
            (0xd53c_d9ce_cd08_93b7, [0x61, 0x62, 0x63], 0x22c7_4339_4927_69bf),
            (seeds[0], [], 0x30ed_35c1_00cd_3c7d),
            (seeds[0], [0xaf], 0x48e7_3fc7_7d75_ddc1),
            (seeds[0], [0xe7, 0x0f], 0xb5f6_e1fc_485d_bff8),
            (seeds[0], [0x37, 0xf4, 0x95], 0xf0b0_7c78_9b8c_f7e8),
            (seeds[0], [0x86, 0x42, 0xdc, 0x59], 0x7008_f2e8_7e9c_f556),
            (seeds[0], [0x15, 0x3f, 0xb7, 0x98, 0x26], 0xe6c0_8c6d_a2af_a997),
            (seeds[1], [0xab, 0x42, 0x7e, 0xa8, 0xd1, 0x0f, 0xc7], 0xe203_987d_ba25_2fb3),
            (seeds[2], [0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff], 0xfdfd_187b_1d3c_e784),
            (seeds[2], [0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00], 0x7187_6f2e_fb1b_0ee8),
        ] as [(UInt64, [UInt8], UInt64)]
    )
    func marvinAgreesWithItsVectors(seed: UInt64, bytes: [UInt8], hash: UInt64) {
        #expect(MarvinChecksum.hash64(bytes, seed: seed) == hash)
        #expect(
            MarvinChecksum.hash32(bytes, seed: seed)
                == UInt32(truncatingIfNeeded: hash >> 32) ^ UInt32(truncatingIfNeeded: hash)
        )
    }

    private static let scopes: [Key.Scope] = [.master, .hostSystem, .hostFunction, .function("health")]

    @Test(arguments: scopes)
    func generatedValuesHaveTheShape(scope: Key.Scope) throws {
        let value = KeyValue.make(for: scope, random: SeededRandomSource(seed: 7))
        #expect(value.utf8.count == 56)
        #expect(value.wholeMatch(of: /[0-9A-Za-z_\-]{44}AzFu[0-9A-Za-z_\-]{5}[AQgw]==/) != nil)
        let sameSeed = Self.scopes.filter { KeyValue.isGenerated(value, for: $0) }.map(\.text)
        switch scope {
        case .hostFunction, .function: #expect(sameSeed == ["host.function", "function.health"])
        default: #expect(sameSeed == [scope.text])
        }
        #expect(KeyValue.make(for: scope, random: SeededRandomSource(seed: 8)) != value)
    }

    @Test(arguments: ["", "==", "a-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAzFuAAAAAA=="])
    func otherTextsHaveItNot(text: String) {
        #expect(!KeyValue.isGenerated(text, for: .master))
    }

    @Test func digestsAreEqualOnlyWhenAllBytesAre() {
        let digest = KeyDigest("a-key")
        #expect(digest.mask(equalTo: KeyDigest("a-key")) == .max)
        for other in ["", "a-ke", "a-kez", "A-key", "a-key ", "\u{1F511}"] {
            #expect(digest.mask(equalTo: KeyDigest(other)) == 0)
        }
    }
}
