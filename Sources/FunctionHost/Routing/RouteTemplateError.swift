/// Why a text is no route template, in ASP.NET's words.
package struct RouteTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason.
    package var description: String

    static let consecutiveSeparators = RouteTemplateError(
        description: "The route template separator character '/' cannot appear consecutively. "
            + "It must be separated by either a parameter or a literal value."
    )
    static let incompleteParameter = RouteTemplateError(
        description: "There is an incomplete parameter in the route template. "
            + "Check that each '{' character has a matching '}' character."
    )
    static let unescapedBrace = RouteTemplateError(
        description: "In a route parameter, '{' and '}' must be escaped with '{{' and '}}'."
    )
    static let tilde = RouteTemplateError(
        description: "The route template cannot start with a '~' character unless followed by a '/'."
    )
    static let catchAllNotLast = RouteTemplateError(
        description: "A catch-all parameter can only appear as the last segment of the route template."
    )
    static let catchAllInMixedSegment = RouteTemplateError(
        description: "A path segment that contains more than one section, such as a literal section or a parameter, "
            + "cannot contain a catch-all parameter."
    )
    static let consecutiveParameters = RouteTemplateError(
        description: "A path segment cannot contain two consecutive parameters. "
            + "They must be separated by a '/' or by a literal string."
    )
    static let optionalCatchAll = RouteTemplateError(description: "A catch-all parameter cannot be marked optional.")
    static let optionalWithDefault = RouteTemplateError(
        description: "An optional parameter cannot have default value."
    )

    static func literal(_ text: String) -> RouteTemplateError {
        RouteTemplateError(
            description: "The literal section '\(text)' is invalid. Literal sections cannot contain the '?' character."
        )
    }

    static func parameterName(_ name: String) -> RouteTemplateError {
        RouteTemplateError(
            description: "The route parameter name '\(name)' is invalid. Route parameter names must be non-empty and "
                + "cannot contain these characters: '{', '}', '/'. The '?' character marks a parameter as optional, "
                + "and can occur only at the end of the parameter. The '*' character marks a parameter as catch-all, "
                + "and can occur only at the start of the parameter."
        )
    }

    static func repeatedParameter(_ name: String) -> RouteTemplateError {
        RouteTemplateError(
            description: "The route parameter name '\(name)' appears more than one time in the route template."
        )
    }

    static func optionalNotLast(segment: String, name: String, next: String) -> RouteTemplateError {
        RouteTemplateError(
            description: "An optional parameter must be at the end of the segment. "
                + "In the segment '\(segment)', optional parameter '\(name)' is followed by '\(next)'."
        )
    }

    static func optionalAfter(segment: String, name: String, previous: String) -> RouteTemplateError {
        RouteTemplateError(
            description: "In the segment '\(segment)', the optional parameter '\(name)' is preceded by an invalid "
                + "segment '\(previous)'. Only a period (.) can precede an optional parameter."
        )
    }

    static func constraint(_ text: String, _ reason: String) -> RouteTemplateError {
        RouteTemplateError(description: "The constraint reference '\(text)' could not be resolved: \(reason)")
    }
}
