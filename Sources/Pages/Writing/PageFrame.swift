/// What stands around every page.
struct PageFrame: Sendable {
    /// Where one may go from every page.
    enum Place: String, Sendable, CaseIterable {
        case keys = "/keys"
        case applications = "/oauth/applications"
        case authorized = "/oauth/authorized_applications"
        case profile = "/profile"

        var title: String {
            switch self {
            case .keys: "Keys"
            case .applications: "Applications"
            case .authorized: "Authorized applications"
            case .profile: "Profile"
            }
        }
    }

    /// Who looks: a user's name with the token of their forms, or nobody known.
    enum Viewer: Sendable {
        case user(name: String, token: String)
        case guest
        case unknown
    }

    let viewer: Viewer
    var place: Place?

    /// A whole page.
    func render(title: String, _ content: Markup) -> [UInt8] {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(title) – Coffer</title>
            <link rel="stylesheet" href="\(StyleSheet.path)">
            <link rel="icon" href="\(StyleSheet.iconPath)">
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header class="top">
            <a class="name" href="/">Coffer</a>
            \(navigation)</header>
            <main id="main">
            \(content)</main>
            </body>
            </html>

            """
        return page.bytes
    }

    private var navigation: Markup {
        switch viewer {
        case .user(let name, let token):
            let links = Place.allCases.map { item -> Markup in
                let mark: Markup = item == place ? " aria-current=\"page\"" : ""
                return "<a href=\"\(item.rawValue)\"\(mark)>\(item.title)</a>\n"
            }
            return """
                <nav aria-label="Main">
                \(links)</nav>
                <form method="post" action="/signout">
                \(FormParts.token(token))<button class="plain small">Sign out <bdi>\(name)</bdi></button>
                </form>

                """
        case .guest: return "<nav aria-label=\"Main\">\n<a href=\"/signin\">Sign in</a>\n</nav>\n"
        case .unknown: return "<nav aria-label=\"Main\">\n<a href=\"/keys\">Keys</a>\n</nav>\n"
        }
    }
}
