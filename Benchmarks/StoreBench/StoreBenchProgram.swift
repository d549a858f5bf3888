/// Measures one thing in a process of its own and prints names with numbers; `scripts/bench store` asks for all of them.
@main
struct StoreBenchProgram {
    static func main() async {
        let options = Options(CommandLine.arguments)
        do {
            switch options.measure {
            case "creates": try await Creates.run(options)
            case "appends": try RawAppends.run(options)
            case "get": try await Reads.get(options)
            case "page": try await Reads.page(options)
            case "fill": try await Openings.fill(options)
            case "crash": try await Openings.crash(options)
            case "open": try await Openings.open(options)
            case "large": try await LargeTenant.creates(options)
            case "pauses": try await LargeTenant.pauses(options)
            case "documents": try await Growth.documents(options)
            case "tenants": try await Growth.tenants(options)
            case let measure: fail("there is no measure '\(measure)'")
            }
        } catch {
            fail("\(error)")
        }
    }
}
