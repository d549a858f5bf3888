import Crypto
import FoundationEssentials
public import FunctionKit

/// A JSON Web Token (RFC 7519) with an HMAC-SHA-256 signature, and nothing else: `alg` must be `HS256` to the letter, so
/// `none` and every other algorithm are refused before a key is touched (RFC 8725, section 3.1).
public struct JSONWebToken: Sendable {
    /// The most bytes of a token.
    public static let bytesMax = 4096

    private let claims: [String: StrictJSON.Value]

    /// Reads a token and checks its signature. Times are the caller's to check.
    ///
    /// - Throws: ``Refusal``, for a debug log and never for the token's sender.
    public init(verifying text: String, key: [UInt8]) throws(Refusal) {
        guard text.utf8.count <= Self.bytesMax else { throw .tooLarge }
        let segments = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3,
            let headerBytes = base64URLBytes(Substring(segments[0])),
            let signature = base64URLBytes(Substring(segments[2])),
            let header = StrictJSON.object(headerBytes)
        else { throw .malformed }
        // `crit` names extensions that a reader must know (RFC 7515, section 4.1.11), and this one knows none.
        guard header["alg"] == .text("HS256"), header["crit"] == nil else { throw .algorithm }
        let signed = text.utf8[..<segments[1].endIndex]
        guard !key.isEmpty, Crypto.constantTimeEquals(hmacSHA256(key: key, signed), signature) else {
            throw .signature
        }
        guard let payload = base64URLBytes(Substring(segments[1])), let claims = StrictJSON.object(payload) else {
            throw .malformed
        }
        self.claims = claims
    }

    /// Makes a signed token.
    public static func sign(_ claims: some Encodable, key: [UInt8]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = base64URLText(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let signed = header + "." + base64URLText(try encoder.encode(claims))
        return signed + "." + base64URLText(hmacSHA256(key: key, signed.utf8))
    }

    /// Why a token was refused.
    public enum Refusal: String, Error, Sendable {
        /// More than ``JSONWebToken/bytesMax`` bytes.
        case tooLarge
        /// Not three parts of base64url, or not a JSON object where one belongs.
        case malformed
        /// Any algorithm but HS256, or a critical extension.
        case algorithm
        /// The signature is not of this key.
        case signature
        /// A claim is missing, or has another type or a value that is not allowed.
        case claims
        /// Not valid yet, no longer, or for too long.
        case time
    }
}

extension JSONWebToken {
    /// The most bytes of one claim's text.
    public static let claimBytesMax = 256

    /// A claim that must be a text of 1 to ``claimBytesMax`` bytes without control characters.
    public func text(_ name: String) throws(Refusal) -> String {
        guard let text = try optionalText(name) else { throw .claims }
        return text
    }

    /// A claim that may be absent, null or empty, and else must be such a text.
    public func optionalText(_ name: String) throws(Refusal) -> String? {
        switch claims[name] {
        case nil, .null, .text(""): return nil
        case .text(let text):
            let isUsable = (1...Self.claimBytesMax).contains(text.utf8.count)
            guard isUsable, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .claims
            }
            return text
        default: throw .claims
        }
    }

    /// A NumericDate (RFC 7519, section 2): seconds since 1970, a fraction allowed; nil when absent.
    public func time(_ name: String) throws(Refusal) -> Timestamp? {
        switch claims[name] {
        case nil: return nil
        case .number(let seconds) where (0..<1e11).contains(seconds):
            return Timestamp(milliseconds: Int64(seconds * 1000))
        default: throw .claims
        }
    }
}
