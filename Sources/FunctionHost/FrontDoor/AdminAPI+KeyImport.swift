import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/keys`, which is ours:
    ///
    ///     POST keys/import?dry_run=     {"files": {"host.json": "…", "hello.json": "…"}}
    ///
    /// 200 with what was done, or would be; 400 with the same and the problems when the files cannot be imported.
    func answerForKeyImport(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        struct Body: Decodable { var files: [String: String] }
        guard request.method == .post, parts.count == 2, parts[1].lowercased() == "import" else {
            return HTTPResponse(status: .notFound)
        }
        let body = try await request.decode(Body.self, limit: Self.importBytesMax)
        guard body.files.count <= KeyImport.filesMax else {
            throw HTTPError(
                .badRequest,
                code: "too_many_files",
                message: "An import takes \(KeyImport.filesMax) files. Import some of them first."
            )
        }
        do {
            let result = try await keys.importKeys(
                from: body.files.mapValues { Array($0.utf8) },
                isDryRun: request.queryValue("dry_run") == "true"
            )
            return try .json(result, status: result.problems.isEmpty ? .ok : .badRequest)
        } catch let error as StoreError {
            throw HTTPError(error)
        }
    }

    /// The largest body of an import: 4 MiB.
    private static let importBytesMax = 4 << 20
}
