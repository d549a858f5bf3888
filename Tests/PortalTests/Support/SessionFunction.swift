import PortalSession

/// The function `portal-session` under a name that the portal's own type of a session does not have.
typealias SessionFunction = PortalSession
