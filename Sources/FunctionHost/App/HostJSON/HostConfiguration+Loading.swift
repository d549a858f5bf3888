import FunctionKit

extension HostConfiguration {
    /// The largest `host.json` that is read.
    package static let fileBytesMax = 1 << 20
    /// The section of the environment that overrides `host.json`: `AzureFunctionsJobHost__logging__logLevel__default=Debug`.
    package static let environmentSection = "AzureFunctionsJobHost"

    /// Reads `host.json` in `root` and applies the overrides of `environment`. Unknown keys are ignored.
    ///
    /// - Throws: ``HostConfigurationError`` with every problem.
    package static func load(
        root: String,
        environment: [String: String],
        files: some AppFiles
    ) throws(HostConfigurationError) -> HostConfiguration {
        let path = root + "/host.json"
        let bytes: [UInt8]
        do {
            bytes = try files.contents(of: path, upTo: fileBytesMax)
        } catch .missing {
            throw HostConfigurationError(
                [
                    "Unable to find project root. Expecting to find one of host.json in project root. "
                        + "Looked in '\(root)'; name another folder with --app."
                ],
                cause: .missing
            )
        } catch {
            throw HostConfigurationError(
                ["Unable to parse host configuration file '\(path)'. \(error.description)"],
                cause: error.isUnreadable ? .unreadable : .content
            )
        }
        return try parse(bytes, path: path, environment: environment)
    }

    /// Reads the bytes of a `host.json`; `path` is for messages.
    package static func parse(
        _ bytes: [UInt8],
        path: String = "host.json",
        environment: [String: String] = [:]
    ) throws(HostConfigurationError) -> HostConfiguration {
        let root: JSONValue
        do {
            root = try LenientJSON.parse(bytes)
        } catch {
            throw HostConfigurationError(["Unable to parse host configuration file '\(path)'. (\(error))"])
        }
        guard let members = root.members else {
            throw HostConfigurationError([
                "Unable to parse host configuration file '\(path)'. (It holds \(root.kindName), not an object.)"
            ])
        }
        if !members.isEmpty { try checkVersion(root) }
        var tree = ConfigurationTree(root)
        tree.override(from: environment, section: environmentSection)
        var reader = HostConfigurationReader(tree: tree)
        var configuration = try reader.read()
        if members.isEmpty {
            configuration.notices.append("Empty host configuration file found. Using the default configuration.")
        }
        return configuration
    }

    private static func checkVersion(_ root: JSONValue) throws(HostConfigurationError) {
        guard let version = root["version"], !version.isNull, version.string != "" else {
            throw HostConfigurationError([
                "The host.json file is missing the required 'version' property. "
                    + "See https://aka.ms/functions-hostjson for steps to migrate the configuration file."
            ])
        }
        guard version.string != "2.0" else { return }
        let text = dotNetText(version)
        let hint =
            text.hasPrefix("3")
            ? "This does not correspond to the function runtime version, "
                + "only to the schema version of the host.json file. "
            : ""
        throw HostConfigurationError([
            "'\(text)' is an invalid value for host.json 'version' property. "
                + "We recommend you set the 'version' property to '2.0'. \(hint)"
                + "See https://aka.ms/functions-hostjson for more information on this configuration file."
        ])
    }

    /// A value as .NET prints it: `2.0` without its fraction, `True`.
    private static func dotNetText(_ value: JSONValue) -> String {
        if case .bool(let flag) = value.content { return flag ? "True" : "False" }
        guard case .number(let text) = value.content, let number = Double(text), number == number.rounded(),
            abs(number) < 1e15
        else { return value.scalarText ?? value.text }
        return String(Int64(number))
    }
}
