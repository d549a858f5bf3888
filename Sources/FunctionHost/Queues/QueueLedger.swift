import FunctionKit

/// Who handles which messages of one queue of one tenant: a document `queue_leases/{queue}` beside the messages, which is
/// there only while some are being handled.
///
/// It is written, with its expected revision, in the same batch as everything else that a host does to the queue. So of two
/// hosts that take messages one wins, whoever lost a message cannot settle it, and what a host handled when it ended is known
/// afterwards, although nothing is written to a message when it is taken.
struct QueueLedger: Codable, Sendable, Hashable {
    /// The messages of one listener.
    struct Holder: Codable, Sendable, Hashable {
        /// Who holds them.
        var owner: QueueOwner
        /// Until when they are not taken over, on a store that several hosts share.
        var until: Timestamp
        /// Their ids.
        var messages: [String]
    }

    /// Everyone who holds some.
    var holders: [Holder]

    /// The ledgers of a tenant; a ledger's id is its queue's name.
    static let collection = CollectionDefinition<QueueLedger>("queue_leases")

    /// The holders whose messages are free: those that are dead, and those whose lease has run out.
    ///
    /// - Parameter ownsStore: true when no other process can have opened the store. Then whoever belongs to another is dead.
    func abandoned(by owner: QueueOwner, ownsStore: Bool, at now: Timestamp) -> [Holder] {
        holders.filter { holder in
            guard holder.owner != owner else { return false }
            return holder.until <= now || (ownsStore && holder.owner.host != owner.host)
        }
    }

    /// The document's body; put together by hand because every batch writes it.
    var body: [UInt8] {
        var bytes: [UInt8] = Array(#"{"holders":["#.utf8)
        for (position, holder) in holders.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: #"{"messages":["#.utf8)
            for (position, id) in holder.messages.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                appendJSONString(id, to: &bytes)
            }
            bytes.append(contentsOf: #"],"owner":{"host":"#.utf8)
            appendJSONString(holder.owner.host, to: &bytes)
            bytes.append(contentsOf: #","listener":"#.utf8)
            appendJSONString(holder.owner.listener, to: &bytes)
            bytes.append(contentsOf: #"},"until":""#.utf8)
            holder.until.append(to: &bytes)
            bytes.append(contentsOf: #""}"#.utf8)
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }
}

/// Who takes messages: a listener of a process. A host that is restarted within its process has new listeners.
package struct QueueOwner: Codable, Sendable, Hashable {
    /// The process.
    package var host: String
    /// The listener within it.
    package var listener: String

    /// Names an owner.
    package init(host: String, listener: String) {
        self.host = host
        self.listener = listener
    }
}
