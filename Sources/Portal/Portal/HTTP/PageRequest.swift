public import FunctionKit

/// `?limit=` and `?cursor=` of a list.
public struct PageRequest: Sendable, Hashable {
    /// What is answered without `limit`.
    public static let limitDefault = 50
    /// The greatest `limit`.
    public static let limitMax = 200

    /// How many items at the most.
    public let limit: Int
    /// Where the page begins; nil for the beginning.
    public let cursor: String?

    /// Reads the parameters.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 when `limit` is not a number from 1 to ``limitMax``.
    public init(_ request: HTTPRequest) throws(HTTPError) {
        cursor = request.queryValue("cursor").flatMap { $0.isEmpty ? nil : $0 }
        guard let text = request.queryValue("limit") else {
            limit = Self.limitDefault
            return
        }
        guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text), (1...Self.limitMax).contains(number) else {
            throw .invalidParameter("limit", "must be a number from 1 to \(Self.limitMax).")
        }
        limit = number
    }

    /// Runs a query for this page and turns a cursor that is none into 400.
    public func run(_ query: (PageRequest) async throws -> StoredPage) async throws -> StoredPage {
        do {
            return try await query(self)
        } catch let error as StoreError where error.code == .invalidQuery && cursor != nil {
            throw HTTPError.invalidParameter("cursor", "is not a cursor of this list.")
        }
    }
}

extension HTTPResponse {
    /// `{"items": […], "next_cursor": …}` over stored documents, which are handed out without decoding them.
    public static func page(_ page: StoredPage) -> HTTPResponse {
        .page(items: page.documents.map(\.json), nextCursor: page.nextCursor)
    }

    /// `{"items": […], "next_cursor": …}` over items that are JSON already.
    public static func page(items: [[UInt8]], nextCursor: String?) -> HTTPResponse {
        var bytes = Array("{\"items\":[".utf8)
        bytes.reserveCapacity(items.reduce(64) { $0 + $1.count + 1 })
        for (position, item) in items.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: item)
        }
        bytes.append(contentsOf: "],\"next_cursor\":".utf8)
        if let nextCursor { appendJSONString(nextCursor, to: &bytes) } else { bytes.append(contentsOf: "null".utf8) }
        bytes.append(UInt8(ascii: "}"))
        return .json(bytes: bytes)
    }
}
