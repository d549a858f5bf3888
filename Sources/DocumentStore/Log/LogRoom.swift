/// Room at the end of the active segment: empty lines that are written ahead, over which batches are written later.
///
/// A sync of bytes that lie within a file's blocks writes these bytes and nothing else. One that makes the file longer waits
/// for the file system's journal as well, and with it, on ext4, for whatever other programs have written and not synced. So
/// the file grows now and then, and not with each commit. JSON Lines ignores empty lines, and so do those who read a log by hand.
package struct LogRoom: Sendable {
    /// A log shorter than this gets no room: small tenants are many, and have few writers.
    package var fromBytes = 64 << 10
    /// The most room, 256 KiB.
    package var bytesMax = 256 << 10

    /// The defaults.
    package init() {}

    /// How much room to write behind a log of this length: a quarter of it.
    func bytes(behind end: Int) -> Int { end < fromBytes ? 0 : min(end / 4, bytesMax) }
}
