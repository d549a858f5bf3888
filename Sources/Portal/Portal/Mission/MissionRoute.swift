public import FunctionKit

/// The parts of Mission that members may reach; nothing else ever leaves the portal.
///
/// The path that is sent upstream is one of these constants, never a piece of the request, so no spelling of `..`, of an
/// encoded slash or of another host can change where it goes.
public struct MissionRoute: Sendable, Hashable {
    /// The path below `MISSION_API_URL`, without a slash at either end.
    public let path: String

    private static let readable: Set<String> = [
        "donations", "donations/stats", "events", "groups", "directory", "prayer",
    ]
    private static let writable: Set<String> = ["prayer"]

    /// Finds the route of a request; nil for everything that is not on the list.
    ///
    /// - Parameters:
    ///   - method: GET or POST.
    ///   - rawPath: the request's path as it was sent, `/api/mission/donations`; what stands behind its `mission` segment
    ///     is decoded segment by segment, so that an encoded slash stays inside its segment and matches nothing.
    public init?(method: HTTPMethod, rawPath: String) {
        let segments = rawPath.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let name = segments.firstIndex { equalsIgnoringASCIICase(percentDecoded($0), "mission") }
        guard let name else { return nil }
        var rest = segments[(name + 1)...].map { percentDecoded($0) }
        // One slash at the end is how people type folders; any other empty segment is not a path we know.
        if rest.count > 1, rest.last?.isEmpty == true { rest.removeLast() }
        guard rest.allSatisfy({ !$0.contains("/") }) else { return nil }
        let path = rest.joined(separator: "/")
        let allowed = method == .get ? Self.readable : method == .post ? Self.writable : []
        guard allowed.contains(path) else { return nil }
        self.path = path
    }
}
