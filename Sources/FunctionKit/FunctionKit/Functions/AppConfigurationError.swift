/// An error that a function's `init(app:)` throws when the *app* must not start, not only this function.
///
/// Use it for what would make every answer wrong or unsafe, such as a missing key that signs sessions. The host then stops its
/// start, says the error's text and exits with 78 (`EX_CONFIG`). Whatever concerns one function alone is any other error: that
/// function is reported and the others run.
///
/// The text names the setting, the reason and the remedy, and never a setting's value: it goes to the console.
public protocol AppConfigurationError: Error, CustomStringConvertible {}
