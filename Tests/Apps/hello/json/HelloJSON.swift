public import FunctionKit

/// Takes an order as JSON and answers with what it costs, also as JSON: about 1 KB each way with twelve lines.
public struct HelloJSON: JSONFunction {
    /// What comes in.
    public struct Order: Codable, Sendable {
        /// Who orders.
        public var customer: String
        /// What is ordered.
        public var lines: [Line]
    }

    /// One article of an order.
    public struct Line: Codable, Sendable {
        /// The article's number.
        public var article: String
        /// How many.
        public var count: Int
        /// The price of one, in cents.
        public var cents: Int
        /// A remark.
        public var remark: String?
    }

    /// What goes out.
    public struct Invoice: Codable, Sendable {
        /// Who ordered.
        public var customer: String
        /// What was ordered.
        public var lines: [Line]
        /// The sum, in cents.
        public var totalCents: Int
    }

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Adds the lines up.
    public func respond(to order: Order, context: InvocationContext) throws -> Invoice {
        let total = order.lines.reduce(0) { $0 &+ $1.count &* $1.cents }
        return Invoice(customer: order.customer, lines: order.lines, totalCents: total)
    }
}
