/// What lives as long as the app: the capabilities that the host hands to each function when it makes it.
///
/// A function reaches nothing that is not here, so a test supplies the whole world (see `FunctionTesting`).
public struct AppContext: Sendable {
    /// The name of the function that this context was made for.
    public let functionName: String
    /// The app settings: the environment first, then `local.settings.json`; Key Vault references already resolved.
    public let settings: AppSettings
    /// The tenant-scoped document store.
    public let store: Store
    /// Outbound HTTP.
    public let http: any HTTPClient
    /// Wall and monotonic time.
    public let clock: any AppClock
    /// Randomness that is fit for secrets.
    public let random: any RandomSource
    /// New ids for documents (UUID version 7).
    public let ids: IdentifierSource
    /// Files that the app leaves for a person, such as `mail/*.eml`, below the data folder.
    public let files: any FileFolder
    /// Where to log what belongs to no single invocation.
    public let logger: Logger
    /// Where the app runs.
    public let environment: HostEnvironment

    /// Makes a context; the host and the test kit call it.
    public init(
        functionName: String,
        settings: AppSettings,
        store: Store,
        http: any HTTPClient,
        clock: any AppClock,
        random: any RandomSource,
        files: any FileFolder,
        logger: Logger,
        environment: HostEnvironment
    ) {
        self.functionName = functionName
        self.settings = settings
        self.store = store
        self.http = http
        self.clock = clock
        self.random = random
        self.ids = IdentifierSource(clock: clock, random: random)
        self.files = files
        self.logger = logger
        self.environment = environment
    }
}

/// Where and how the host runs.
public struct HostEnvironment: Sendable, Hashable {
    /// True for local development (`AZURE_FUNCTIONS_ENVIRONMENT=Development`, the default of `postern start`).
    public var isDevelopment: Bool
    /// The URL under which the host itself answers, without a trailing slash: `http://localhost:7071`.
    public var baseURL: String
    /// The part of every function's URL before its route: `api` unless `host.json` says otherwise; may be empty.
    public var routePrefix: String

    /// Makes a description of the host.
    public init(isDevelopment: Bool, baseURL: String, routePrefix: String = "api") {
        self.isDevelopment = isDevelopment
        self.baseURL = baseURL
        self.routePrefix = routePrefix
    }
}
