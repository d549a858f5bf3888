import FunctionKit

extension AdminAPI {
    /// Whether the segments lead to the host's keys: `host/keys`, `host/functionkeys`, `host/systemkeys`, with or without a name.
    static func areHostKeys(_ parts: [String]) -> Bool {
        (2...3).contains(parts.count) && hostKeyScope(parts[1].lowercased()) != nil
    }

    /// Whether the segments lead to a function's keys: `functions/{function}/keys`, with or without a name.
    static func areFunctionKeys(_ parts: [String]) -> Bool { (3...4).contains(parts.count) && parts[2] == "keys" }

    /// Answers below `/admin/host/keys`, which is `/admin/host/functionkeys`, `/admin/host/systemkeys` and
    /// `/admin/functions/{function}/keys`:
    ///
    ///     GET    SCOPE
    ///     GET    SCOPE/{key}
    ///     POST   SCOPE/{key}      a new random value
    ///     PUT    SCOPE/{key}      {"name": …, "value": …}
    ///     DELETE SCOPE/{key}
    func answerForKeys(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        guard slot.app != nil || parts[0] == "host" else { return .hostNotRunning }
        guard var scope = scope(of: parts) else { return HTTPResponse(status: .notFound) }
        let isFunction = parts[0] == "functions"
        guard var name = parts.dropFirst(isFunction ? 3 : 2).first else {
            return request.chosenMethod == .get ? try await list(scope, request) : HTTPResponse(status: .notFound)
        }
        let urlName = name
        if scope == .hostSystem, equalsIgnoringASCIICase(name, Key.masterURLName) {
            scope = .master
            name = Key.masterName
        }
        do {
            switch request.chosenMethod {
            case .get:
                guard let key = try await keys.key(name, in: scope) else { return HTTPResponse(status: .notFound) }
                return try .json(KeyView(key, urlName: urlName, request))
            case .post: return try answer(try await keys.set(name, to: nil, in: scope), urlName, request)
            case .put:
                let value = try await value(in: request)
                return try answer(try await keys.set(name, to: value, in: scope), urlName, request)
            case .delete:
                let isDeleted = try await keys.delete(name, in: scope)
                return HTTPResponse(status: isDeleted ? .noContent : .notFound)
            default: return HTTPResponse(status: .notFound)
            }
        } catch let error as StoreError {
            throw HTTPError(error)
        }
    }

    private static func hostKeyScope(_ word: String) -> Key.Scope? {
        switch word {
        case "keys", "functionkeys": .hostFunction
        case "systemkeys": .hostSystem
        default: nil
        }
    }

    /// The scope that the segments name; nil for a function that the app does not have.
    private func scope(of parts: [String]) -> Key.Scope? {
        guard parts[0] == "functions" else { return Self.hostKeyScope(parts[1]) }
        return hasFunction(parts[1]) ? .function(parts[1]) : nil
    }

    /// Whether the app has a function of this name, in order or not.
    func hasFunction(_ name: String) -> Bool {
        guard let app = slot.app else { return false }
        return app.function(name) != nil
            || app.problems.contains {
                equalsIgnoringASCIICase($0.functionName, name) && FunctionName.isValid($0.functionName)
            }
    }

    private func list(_ scope: Key.Scope, _ request: HTTPRequest) async throws -> HTTPResponse {
        do {
            return try .json(KeyListView(try await keys.keys(in: scope), request))
        } catch let error as StoreError {
            throw HTTPError(error)
        }
    }

    /// The value in the body of a PUT; Azure has one answer to whatever is not there.
    private func value(in request: HTTPRequest) async throws -> String {
        do {
            guard let value = try await AdminBody.object(request, limit: Self.keyBodyBytesMax).text("value") else {
                throw KeyError.invalidValue
            }
            return value
        } catch let error as HTTPError where error.status == .badRequest {
            throw KeyError.invalidValue
        }
    }

    /// The largest body of a PUT: 64 KiB, far more than the longest value.
    private static let keyBodyBytesMax = 65_536

    /// 201 for a new key, 200 for one that was replaced. A generated master key is answered as Azure does, as a new one.
    private func answer(
        _ change: KeyStore.Change,
        _ urlName: String,
        _ request: HTTPRequest
    ) throws -> HTTPResponse {
        let isGeneratedMaster = change.key.scope == .master && request.method == .post
        let isCreated = change.isNew || isGeneratedMaster
        var response = try HTTPResponse.json(
            KeyView(change.key, urlName: urlName, request),
            status: isCreated ? .created : .ok
        )
        if isCreated { response.headers.append("Location", request.selfURL) }
        return response
    }
}

/// A reference within an answer.
struct LinkView: Encodable {
    var rel: String
    var href: String

    static func itself(_ request: HTTPRequest) -> [LinkView] { [LinkView(rel: "self", href: request.selfURL)] }
}

/// One key in an answer: `{name, value, links}`.
struct KeyView: Encodable {
    var name: String
    var value: String
    var links: [LinkView]

    init(_ key: Key, urlName: String, _ request: HTTPRequest) {
        name = key.scope == .master ? urlName : key.name
        value = key.value
        links = LinkView.itself(request)
    }
}

/// The keys of a scope in an answer: `{keys: [{name, value}], links}`.
struct KeyListView: Encodable {
    struct Entry: Encodable {
        var name: String
        var value: String
    }

    var keys: [Entry]
    var links: [LinkView]

    init(_ keys: [Key], _ request: HTTPRequest) {
        self.keys = keys.map { Entry(name: $0.name, value: $0.value) }
        links = LinkView.itself(request)
    }
}
