/// A route template in ASP.NET's classic syntax, split into the segments between its slashes.
package struct RouteTemplate: Sendable {
    /// The template as written, without slashes at its ends.
    package var text: String
    /// The segments in order.
    var segments: [RouteSegment]

    /// The names of the parameters, in order.
    package var parameterNames: [String] {
        segments.flatMap(\.parts).compactMap { $0.parameter?.name }
    }

    /// True when every segment is literal text, so that finding the route needs no further check.
    var isLiteral: Bool { segments.allSatisfy { $0.literal != nil } }
}

/// What stands between two slashes of a template.
struct RouteSegment: Sendable {
    /// One part, or several for a mixed segment such as `{name}.{extension?}`.
    var parts: [RoutePart]

    /// The text of a segment that is nothing but literal text.
    var literal: String? {
        guard parts.count == 1, case .literal(let text) = parts[0] else { return nil }
        return text
    }

    /// The parameter of a segment that is nothing but one.
    var parameter: RouteParameter? { parts.count == 1 ? parts[0].parameter : nil }
}

/// A piece of a segment.
enum RoutePart: Sendable {
    /// Text that a path must have, ignoring case.
    case literal(String)
    /// A value that a path supplies.
    case parameter(RouteParameter)

    var parameter: RouteParameter? {
        guard case .parameter(let parameter) = self else { return nil }
        return parameter
    }
}

/// A parameter of a template.
struct RouteParameter: Sendable {
    /// Its name.
    var name: String
    /// True for `{*name}` and `{**name}`, which take the rest of the path.
    var isCatchAll = false
    /// True for `{name?}`.
    var isOptional = false
    /// The value when the path has none: `{name=value}`.
    var defaultValue: String?
    /// What a value must satisfy, all of it.
    var constraints: [RouteConstraint] = []

    /// True when a path may end before this parameter.
    var mayBeAbsent: Bool { isCatchAll || isOptional || defaultValue != nil }

    /// Whether a value, or its absence, satisfies the constraints; an optional parameter may always be absent.
    func accepts(_ value: String?) -> Bool {
        guard let value else { return isOptional || constraints.allSatisfy(\.acceptsAbsence) }
        return constraints.allSatisfy { $0.accepts(value) }
    }
}
