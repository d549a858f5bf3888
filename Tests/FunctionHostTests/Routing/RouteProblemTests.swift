import FunctionHost
import Testing

/// Routes that are refused, with the words that say why.
@Suite struct RouteProblemTests {
    struct Row: Sendable {
        var template: String
        var reason: String
    }

    @Test(arguments: [
        Row(template: "admin", reason: "The specified route conflicts with one or more built in routes."),
        Row(template: "/Administrators", reason: "The specified route conflicts with one or more built in routes."),
        Row(template: "runtime/x", reason: "The specified route conflicts with one or more built in routes."),
        Row(
            template: "a//b",
            reason: "The route template separator character '/' cannot appear consecutively. "
                + "It must be separated by either a parameter or a literal value."
        ),
        Row(
            template: "{id",
            reason: "There is an incomplete parameter in the route template. "
                + "Check that each '{' character has a matching '}' character."
        ),
        Row(
            template: "id}",
            reason: "There is an incomplete parameter in the route template. "
                + "Check that each '{' character has a matching '}' character."
        ),
        Row(template: "{a{b}", reason: "In a route parameter, '{' and '}' must be escaped with '{{' and '}}'."),
        Row(
            template: "a?b",
            reason: "The literal section 'a?b' is invalid. Literal sections cannot contain the '?' character."
        ),
        Row(
            template: "{}",
            reason: "The route parameter name '' is invalid. Route parameter names must be non-empty and "
                + "cannot contain these characters: '{', '}', '/'. The '?' character marks a parameter as optional, "
                + "and can occur only at the end of the parameter. The '*' character marks a parameter as catch-all, "
                + "and can occur only at the start of the parameter."
        ),
        // Behind a parameter `}}` is a brace of its name.
        Row(
            template: "{{{x}}}",
            reason: "The route parameter name 'x}' is invalid. Route parameter names must be non-empty and "
                + "cannot contain these characters: '{', '}', '/'. The '?' character marks a parameter as optional, "
                + "and can occur only at the end of the parameter. The '*' character marks a parameter as catch-all, "
                + "and can occur only at the start of the parameter."
        ),
        Row(
            template: "{a:length(3,2)}",
            reason: "The constraint reference 'length(3,2)' could not be resolved: "
                + "there is no such constraint with these arguments."
        ),
        Row(
            template: "{a:int()}",
            reason: "The constraint reference 'int()' could not be resolved: "
                + "there is no such constraint with these arguments."
        ),
        Row(
            template: "{a:range(1)}",
            reason: "The constraint reference 'range(1)' could not be resolved: "
                + "there is no such constraint with these arguments."
        ),
        Row(
            template: "{a:minlength(-1)}",
            reason: "The constraint reference 'minlength(-1)' could not be resolved: "
                + "there is no such constraint with these arguments."
        ),
        Row(
            template: "{id}/{ID}",
            reason: "The route parameter name 'ID' appears more than one time in the route template."
        ),
        Row(
            template: "{*all}/x",
            reason: "A catch-all parameter can only appear as the last segment of the route template."
        ),
        Row(
            template: "a{*all}",
            reason: "A path segment that contains more than one section, such as a literal section or a parameter, "
                + "cannot contain a catch-all parameter."
        ),
        Row(
            template: "{a}{b}",
            reason: "A path segment cannot contain two consecutive parameters. "
                + "They must be separated by a '/' or by a literal string."
        ),
        Row(template: "{*all?}", reason: "A catch-all parameter cannot be marked optional."),
        Row(template: "{a=b?}", reason: "An optional parameter cannot have default value."),
        Row(
            template: "{a?}.{b}",
            reason: "An optional parameter must be at the end of the segment. "
                + "In the segment '{a?}.{b}', optional parameter 'a' is followed by '.'."
        ),
        Row(
            template: "{a}-{b?}",
            reason: "In the segment '{a}-{b?}', the optional parameter 'b' is preceded by an invalid "
                + "segment '-'. Only a period (.) can precede an optional parameter."
        ),
        Row(
            template: "{a:odd}",
            reason: "The constraint reference 'odd' could not be resolved: "
                + "there is no such constraint, or it needs arguments."
        ),
        Row(
            template: "{a:min(x)}",
            reason: "The constraint reference 'min(x)' could not be resolved: "
                + "there is no such constraint with these arguments."
        ),
        Row(
            template: "{a:regex([)}",
            reason: "The constraint reference 'regex([)' could not be resolved: "
                + "its pattern is not a valid regular expression."
        ),
    ]) func aBadTemplateIsRefused(_ row: Row) {
        let table = RouteTable([
            RouteDefinition(functionName: "Bad", template: row.template),
            RouteDefinition(functionName: "Good", template: "good"),
        ])
        #expect(table.problems == [RouteProblem(functionName: "Bad", reason: row.reason)])
        #expect(table.match(method: "GET", path: "/api/good")?.functionName == "Good")
    }

    @Test func theSameRouteTextConflictsWhenAMethodIsShared() {
        let table = RouteTable([
            RouteDefinition(functionName: "A", template: "x/{id}", methods: ["get"]),
            RouteDefinition(functionName: "B", template: "/X/{ID}/", methods: ["get", "post"]),
            RouteDefinition(functionName: "C", template: "x/{id}", methods: ["GET"]),
            RouteDefinition(functionName: "D", template: "x/{other}"),
            RouteDefinition(functionName: "E", template: "x/{id}"),
        ])
        let reason = "The route specified conflicts with the route defined by function 'A'."
        #expect(
            table.problems == [
                RouteProblem(functionName: "B", reason: reason), RouteProblem(functionName: "E", reason: reason),
            ]
        )
        #expect(table.match(method: "GET", path: "/api/x/1")?.functionName == "A")
        #expect(table.match(method: "PUT", path: "/api/x/1")?.functionName == "D")
    }
}
