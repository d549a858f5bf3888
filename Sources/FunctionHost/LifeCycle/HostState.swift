/// Where a host stands, in Azure's words (`GET /admin/host/status`).
package enum HostState: String, Sendable, CaseIterable {
    /// Nothing has begun.
    case `default` = "Default"
    /// The app is being read and its functions loaded.
    case starting = "Starting"
    /// The functions are loaded; timers and queues are being started.
    case initialized = "Initialized"
    /// Functions answer, fire and receive.
    case running = "Running"
    /// The app could not be started: only the admin API answers.
    case error = "Error"
    /// The process ends.
    case stopping = "Stopping"
    /// The process has ended its work.
    case stopped = "Stopped"
    /// `app_offline.htm` lies in the app's root: only the admin API answers, and everyone else gets that file.
    case offline = "Offline"

    /// Whether a caller who waits may hope that functions answer soon.
    package var isStarting: Bool { self == .default || self == .starting || self == .initialized }
}
