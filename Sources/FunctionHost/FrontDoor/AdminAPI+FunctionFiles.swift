import FunctionKit

extension AdminAPI {
    /// `PUT /admin/functions/{function}`: writes the function's files and starts the app anew, which then has it.
    func write(_ name: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        guard FunctionName.isValid(name) else { throw EditingError.invalidName(name) }
        guard let folders else { throw EditingError.readOnly }
        let upload = try FunctionUpload(try await request.body.collect(upTo: FunctionUpload.bodyBytesMax))
        let written = try await folders.write(upload, to: name)
        let loaded = slot.app?.function(name)
        var view = FunctionView(
            name: loaded?.name ?? written.folder.split(separator: "/").last.map(String.init) ?? name,
            folder: written.folder,
            source: written.config,
            routePrefix: (slot.app?.configuration ?? HostConfiguration()).http.routePrefix,
            testData: await folders.testData(of: name)
        )
        view.isDisabled = loaded?.descriptor.isDisabled ?? false
        await control.restart()
        var response = HTTPResponse.json(
            bytes: Array(view.json(origin: request.originURL).text.utf8),
            status: .created
        )
        response.headers.append("Location", request.selfURL)
        return response
    }

    /// `DELETE /admin/functions/{function}`: removes its folder, its test data and its keys, and starts the app anew without it.
    func remove(_ name: String) async throws -> HTTPResponse {
        guard let folders else { throw EditingError.readOnly }
        guard try await folders.remove(name) else { return HTTPResponse(status: .notFound) }
        do {
            try await keys.forget(function: name)
        } catch let error as StoreError {
            throw HTTPError(error)
        }
        await control.restart()
        return HTTPResponse(status: .noContent)
    }

    /// `GET /admin/functions/download`: the function folders as a ZIP archive.
    func download() async throws -> HTTPResponse {
        guard let folders else { return HTTPResponse(status: .notFound) }
        guard let slot = store.beginTransfer() else {
            throw HTTPError(
                .tooManyRequests,
                code: "too_many_transfers",
                message: "\(StoreInspector.transfersMax) transfers go on already. Wait until one has ended."
            )
        }
        let archive = try await folders.archive()
        return HTTPResponse(
            headers: [
                "Content-Type": "application/zip",
                "Content-Disposition": "attachment; filename=\"functions.zip\"",
                "Cache-Control": "no-store",
            ],
            body: HTTPBody(length: archive.length) {
                withExtendedLifetime(slot) {}
                return try await archive.next()
            }
        )
    }
}
