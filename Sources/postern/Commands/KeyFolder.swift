import DocumentStore
import FoundationEssentials
import FunctionHost
import FunctionKit

/// The access keys of a data folder, on the folder itself or through the host that has it.
struct KeyFolder: Sendable {
    private enum Side: Sendable {
        case folder(KeyStore, app: String)
        case host(AdminClient)
    }

    private let side: Side

    /// Does something with the keys of the data folder that the options name.
    ///
    /// - Throws: ``CommandFailure``, `KeyError` and `StoreError`.
    static func exchange<Result: Sendable>(
        _ arguments: Arguments,
        _ body: @Sendable (KeyFolder) async throws -> Result
    ) async throws -> Result {
        let location = try AppLocation(arguments)
        do {
            return try await withFolder(location, body)
        } catch let error as StoreError where error.code == .locked {
            do {
                return try await body(KeyFolder(side: .host(try await AdminClient(arguments))))
            } catch let failure as CommandFailure where failure.exitCode == ExitCode.unavailable {
                throw CommandFailure(failure.exitCode, "\(failure.message) \(error.message) Or name its --port.")
            }
        }
    }

    private static func withFolder<Result: Sendable>(
        _ location: AppLocation,
        _ body: @Sendable (KeyFolder) async throws -> Result
    ) async throws -> Result {
        let clock = SystemClock()
        let random = SystemRandomSource()
        let engine = try FileStoreEngine(
            path: location.dataFolder,
            mode: .exclusive,
            clock: clock,
            logger: .standardError
        )
        do {
            let store = Store(engine: engine, clock: clock, random: random, logger: .standardError)
            let keys = try await KeyStore.open(store.tenant(.host), random: random)
            let result = try await body(KeyFolder(side: .folder(keys, app: location.root)))
            await engine.close()
            return result
        } catch {
            await engine.close()
            throw error
        }
    }

    /// The keys of a scope.
    func keys(in scope: Key.Scope) async throws -> [Key] {
        struct List: Decodable {
            struct Entry: Decodable {
                var name: String
                var value: String
            }
            var keys: [Entry]
        }
        switch side {
        case .folder(let keys, let app):
            try Self.check(scope, app)
            return try await keys.keys(in: scope)
        case .host(let client):
            let list: List = try await Self.ask(client, .get, Self.path(scope), scope)
            return list.keys.map { Key(scope: scope, name: $0.name, value: $0.value) }
        }
    }

    /// Sets a key to a value, or to a new random one.
    func set(_ name: String, to value: String?, in scope: Key.Scope) async throws -> Key {
        struct Answer: Decodable {
            var name: String
            var value: String
        }
        switch side {
        case .folder(let keys, let app):
            try Self.check(scope, app)
            return try await keys.set(name, to: value, in: scope).key
        case .host(let client):
            let body = try value.map { try JSONEncoder().encode(["name": name, "value": $0]) }
            let answer: Answer = try await Self.ask(
                client,
                body == nil ? .post : .put,
                Self.path(scope, name),
                scope,
                body: Array(body ?? Data())
            )
            return Key(scope: scope, name: scope == .master ? name : answer.name, value: answer.value)
        }
    }

    /// Deletes a key; false when there is none.
    func delete(_ name: String, in scope: Key.Scope) async throws -> Bool {
        switch side {
        // Also the keys of a function that the app does not have any more.
        case .folder(let keys, _): return try await keys.delete(name, in: scope)
        case .host(let client):
            let (status, body) = try await client.send(.delete, Self.path(scope, name))
            switch status {
            case .noContent: return true
            case .notFound: return false
            default: throw AdminClient.failure(status, body)
            }
        }
    }

    /// Takes over the keys of Azure's key files.
    func importKeys(_ files: [String: [UInt8]], isDryRun: Bool) async throws -> KeyImport {
        switch side {
        case .folder(let keys, _): return try await keys.importKeys(from: files, isDryRun: isDryRun)
        case .host(let client):
            let body = try JSONEncoder().encode(["files": files.mapValues { String(decoding: $0, as: UTF8.self) }])
            let query = isDryRun ? "?dry_run=true" : ""
            let (status, answer) = try await client.send(.post, "keys/import" + query, body: Array(body))
            guard let result = try? JSONDecoder().decode(KeyImport.self, from: Data(answer)) else {
                throw AdminClient.failure(status, answer)
            }
            return result
        }
    }

    private static func ask<Answer: Decodable>(
        _ client: AdminClient,
        _ method: HTTPMethod,
        _ path: String,
        _ scope: Key.Scope,
        body: [UInt8] = []
    ) async throws -> Answer {
        let (status, answer) = try await client.send(method, path, body: body)
        if status == .notFound, case .function(let function) = scope { throw unknown(function) }
        guard status.isSuccess else { throw AdminClient.failure(status, answer) }
        return try JSONDecoder().decode(Answer.self, from: Data(answer))
    }

    /// Where the admin API has a scope, or a key of it.
    private static func path(_ scope: Key.Scope, _ name: String? = nil) -> String {
        let place =
            switch scope {
            case .master: "host/systemkeys/\(Key.masterURLName)"
            case .hostFunction: "host/functionkeys"
            case .hostSystem: "host/systemkeys"
            case .function(let function): "functions/\(percentEncoded(function))/keys"
            }
        guard scope != .master, let name else { return place }
        return "\(place)/\(percentEncoded(name))"
    }

    /// Refuses keys for a function that the app does not have; without an app nobody can tell.
    private static func check(_ scope: Key.Scope, _ app: String) throws {
        guard case .function(let function) = scope, realPath(app + "/host.json") != nil else { return }
        let parents = [app, "\(app)/\(AppFolder.functionsFolder)"]
        let exists = parents.contains { parent in
            ((try? SystemAppFiles().names(in: parent)) ?? []).contains {
                equalsIgnoringASCIICase($0, function) && realPath("\(parent)/\($0)/function.json") != nil
            }
        }
        guard exists else { throw unknown(function) }
    }

    private static func unknown(_ function: String) -> CommandFailure {
        CommandFailure(ExitCode.dataError, "The app has no function '\(function)'.")
    }
}

/// A folder with Azure's key files.
enum SecretsFolder {
    /// The contents of its files whose names end with `.json`.
    static func read(_ folder: String) throws -> [String: [UInt8]] {
        guard realPath(folder) != nil else {
            throw CommandFailure(ExitCode.dataError, "The folder '\(folder)' does not exist.")
        }
        let access = SystemAppFiles()
        do {
            let names = try access.names(in: folder).filter { $0.lowercased().hasSuffix(".json") }
            guard !names.isEmpty else {
                throw CommandFailure(ExitCode.dataError, "The folder '\(folder)' has no key files, such as host.json.")
            }
            guard names.count <= KeyImport.filesMax else {
                throw CommandFailure(
                    ExitCode.dataError,
                    "The folder '\(folder)' has more than \(KeyImport.filesMax) files. Import some of them first."
                )
            }
            var files: [String: [UInt8]] = [:]
            for name in names {
                do {
                    files[name] = try access.contents(of: "\(folder)/\(name)", upTo: KeyImport.fileBytesMax)
                } catch {
                    throw CommandFailure(ExitCode.dataError, "\(folder)/\(name): \(error.description)")
                }
            }
            return files
        } catch let error as AppFileError {
            throw CommandFailure(ExitCode.dataError, "\(folder): \(error.description)")
        }
    }
}
