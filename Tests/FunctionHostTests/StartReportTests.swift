import Testing

@testable import FunctionHost

/// What the start says of the keys.
struct StartReportTests {
    @Test(arguments: [
        (true, "/srv/app/data", "Keys are enforced. To read them: postern keys list --data /srv/app/data"),
        (true, "/srv/it's here", #"Keys are enforced. To read them: postern keys list --data '/srv/it'\''s here'"#),
        (false, "/srv/app/data", "Keys are not enforced (--no-auth): every caller is an admin."),
    ])
    func keysHint(enforced: Bool, folder: String, words: String) {
        #expect(StartReport.keysHint(enforced: enforced, dataFolder: folder) == words)
    }
}
