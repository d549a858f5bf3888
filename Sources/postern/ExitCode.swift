/// The exit codes of every command, after sysexits(3).
enum ExitCode {
    /// It did what was asked.
    static let success: Int32 = 0
    /// A function that was run by hand failed.
    static let failure: Int32 = 1
    /// The command line is not understood.
    static let usage: Int32 = 64
    /// The input data is not in order.
    static let dataError: Int32 = 65
    /// A service or resource that is needed is not there.
    static let unavailable: Int32 = 69
    /// Our own fault.
    static let software: Int32 = 70
    /// The configuration is not in order.
    static let configuration: Int32 = 78
}
