import Crypto
import HTTPServer

/// Where a visitor goes on after signing in: a path of our own pages and nothing else.
enum ReturnPath {
    /// Where one goes when nothing better is known.
    static let standard = "/keys"

    /// The pages that one can be sent back to.
    private static let pages = [
        "/keys", "/get_api_keys", "/profile", "/oauth/applications", "/oauth/authorized_applications",
        "/oauth/authorize",
    ]

    /// The path as given, or the usual one when it leads anywhere else.
    ///
    /// A path has printable ASCII alone and no backslash, which browsers take for a slash; what comes before the query is
    /// one of our pages or below one, without dot segments.
    static func checked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count <= PageLimits.returnBytesMax,
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return standard }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        guard !path.contains("//"), !path.contains("%"),
            !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }),
            pages.contains(where: { path == $0 || path.hasPrefix($0 + "/") }),
            !text.contains("#")
        else { return standard }
        return text
    }

    /// The sign-in page that leads back to a path.
    static func signIn(leadingTo path: String) -> String {
        path == standard ? "/signin" : "/signin?return_to=" + escaped(path)
    }

    /// A text as the value of a query parameter, slashes as they are.
    static func escaped(_ text: String) -> String {
        PercentText.encode(text, keeping: [UInt8(ascii: "/")])
    }
}
