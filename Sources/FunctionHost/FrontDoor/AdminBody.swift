import FunctionKit

/// The JSON body of a call to the admin API, read as Azure's host reads it: leniently, names in any case, and a number or truth
/// value where a text is meant.
struct AdminBody {
    /// What the body holds; anything but null.
    let value: JSONValue

    /// Reads the body of a request.
    ///
    /// - Throws: ``HTTPError``: 413 beyond `limit` bytes, 400 `invalid_body` for no JSON and for null.
    init(_ request: HTTPRequest, limit: Int = HTTPBody.collectBytesMax) async throws {
        let bytes = try await request.body.collect(upTo: limit)
        do throws(LenientJSONError) {
            value = try LenientJSON.parse(bytes)
        } catch {
            throw Self.invalid("The body is not valid JSON: \(error).")
        }
        guard !value.isNull else { throw Self.invalid("The body is null, not an object.") }
    }

    /// The same for a body that has to be an object.
    static func object(_ request: HTTPRequest, limit: Int = HTTPBody.collectBytesMax) async throws -> AdminBody {
        let body = try await AdminBody(request, limit: limit)
        guard body.value.members != nil else { throw invalid("The body is \(body.value.kindName), not an object.") }
        return body
    }

    /// A text among the members; nil when it is absent or null.
    ///
    /// - Throws: ``HTTPError`` with 400 `invalid_body` for a list or an object.
    func text(_ name: String) throws(HTTPError) -> String? {
        guard let member = value.member(ignoringCase: name), !member.isNull else { return nil }
        guard let text = member.scalarText else {
            throw Self.invalid("The field '\(name)' is \(member.kindName), not a string.")
        }
        return text
    }

    private static func invalid(_ message: String) -> HTTPError {
        HTTPError(.badRequest, code: "invalid_body", message: message)
    }
}
