package import FunctionKit

/// `POST sandbox/faults`: `{"psa": "down", "books": {"mode": "429", "seconds": 2, "times": 3}, "mission": null}`.
///
/// Products that are not named stay as they are; null ends a fault.
package struct FaultChanges: Decodable, Sendable {
    /// What is wanted, by product.
    package var changes: [Peer: Fault?] = [:]

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Name.self)
        for key in fields.allKeys {
            guard let peer = Peer(rawValue: key.stringValue) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key,
                    in: fields,
                    debugDescription: "The products are \(Peer.allCases.map(\.rawValue).joined(separator: ", "))."
                )
            }
            if try fields.decodeNil(forKey: key) {
                changes[peer] = .some(nil)
            } else if let mode = try? fields.decode(Fault.Mode.self, forKey: key) {
                changes[peer] = Fault(mode: mode)
            } else {
                changes[peer] = try fields.decode(Fault.self, forKey: key)
            }
        }
    }
}

extension Sandbox {
    /// Answers `POST sandbox/faults` and, without a change, `GET sandbox/faults`: the faults in force.
    package func changeFaults(_ request: HTTPRequest) async throws -> HTTPResponse {
        if request.method == .post {
            for (peer, fault) in try await request.decode(FaultChanges.self).changes {
                try await setFault(fault, of: peer)
            }
        }
        return try .json(try await faults())
    }
}
