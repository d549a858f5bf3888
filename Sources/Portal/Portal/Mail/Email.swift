/// One e-mail to one person, in both forms.
public struct Email: Sendable, Hashable {
    /// Who receives it.
    public var to: Mailbox
    /// The name shown as the sender, usually the tenant's portal name; empty for the address alone.
    public var senderName: String
    /// The subject; control characters become spaces.
    public var subject: String
    /// The plain form.
    public var text: String
    /// The HTML form; whoever makes it escapes what people typed.
    public var html: String
    /// The link that the e-mail is about, logged in development when the e-mail becomes a file; nil for none.
    public var link: String?

    /// Makes an e-mail.
    public init(
        to: Mailbox,
        senderName: String = "",
        subject: String,
        text: String,
        html: String,
        link: String? = nil
    ) {
        self.to = to
        self.senderName = singleLine(senderName)
        self.subject = singleLine(subject)
        self.text = text
        self.html = html
        self.link = link
    }
}

/// Why an e-mail could not be handed over.
public struct MailError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, as a program distinguishes it.
    public enum Code: Sendable, Hashable {
        /// The address is not one; sending again would not help.
        case invalidAddress
        /// No provider is set up, or its settings are incomplete.
        case notConfigured
        /// The provider cannot be reached or refused the e-mail.
        case providerFailed
    }

    /// What went wrong.
    public let code: Code
    /// The reason and the remedy, for the log. Holds no key and no address of a recipient.
    public let description: String

    /// Makes an error.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
