import FunctionKit

/// Leaves each e-mail as an `.eml` file for a person to open; for development, where no provider is set up.
struct FileMailProvider: MailProvider {
    let name = "files"
    let endpoint: String? = nil
    let files: any FileFolder
    let clock: any AppClock
    let ids: IdentifierSource
    let logger: Logger

    /// Writes `mail/<time>-<id>.eml` and logs the e-mail's link, so that a developer can follow it.
    func send(_ email: Email) async throws {
        let id = ids.next()
        let now = clock.now
        let from = try Mailbox(name: email.senderName, address: "portal@postern.localhost")
        let bytes = MIMEMessage(email: email, from: from, id: id, date: now).bytes
        // A colon is no character of a file name here, so the time is written without separators.
        let time = now.wholeSecondsText.filter { $0 != ":" && $0 != "-" }
        let place = try await files.write(bytes, to: "mail/\(time)-\(id).eml")
        logger.info(
            "Wrote an e-mail to a file, since no provider is set up.",
            ["file": place, "link": email.link ?? ""]
        )
    }
}
