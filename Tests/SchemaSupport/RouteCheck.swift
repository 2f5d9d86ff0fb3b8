public import HTTPServer

/// What keeps routes from being documented whole.
public enum RouteCheck {
    /// Routes without a description, descriptions without a route, and path parameters that are not described.
    ///
    /// Pages for people have no description, and must not have one.
    public static func problems(_ routers: [Router]) -> [String] {
        var problems: [String] = []
        for router in routers {
            if router.isForPeople {
                problems += router.descriptions.map { "\($0.path) is a page and described" }
                continue
            }
            for route in router.routes where route.description == nil && !route.isAlias {
                problems.append("\(route.method.rawValue) \(route.patternText) is not described")
            }
            for description in router.descriptions {
                let place = "\(description.method.rawValue) \(description.path)"
                if !router.routes.contains(where: { $0.description == description }) {
                    problems.append("\(place) is described and no route")
                }
                problems += parameterProblems(description).map { "\(place): \($0)" }
            }
        }
        return problems
    }

    private static func parameterProblems(_ route: RouteDescription) -> [String] {
        var problems: [String] = []
        let named = route.parameters.filter { $0.place == .path }.map(\.name)
        if Set(named) != Set(route.pathParameterNames) {
            problems.append("the path has \(route.pathParameterNames), described are \(named)")
        }
        let places = route.parameters.map { $0.place.rawValue + " " + $0.name }
        if Set(places).count != places.count { problems.append("a parameter is described twice") }
        if !route.id.utf8.allSatisfy(isIDByte) { problems.append("\(route.id) is no name for programs") }
        if !route.answers.contains(where: { (200..<400).contains($0.status) }) {
            problems.append("no answer is a success")
        }
        return problems
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
