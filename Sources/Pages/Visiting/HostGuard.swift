import HTTPServer
import Services

/// Tells requests that were sent to this server's own address from those that a name of somebody else's leads here.
///
/// A browser takes every server behind one name for the same site, so a page whose name is made to lead here later
/// could read our pages and send our forms. What the browser writes as `Host` says by which name it came.
struct HostGuard: Sendable {
    /// The address that people use, as the operator set it; nil where nothing is set.
    private let publicAddress: String?

    init(_ workspace: Workspace) {
        publicAddress = workspace.publicIssuer
    }

    /// Whether a request came by a name of this server's.
    ///
    /// With a set address only by that. Without one by `localhost`, or by a number: neither can lead elsewhere.
    func accepts(_ request: HTTPRequest) -> Bool {
        guard let host = request.header("host")?.lowercased() else { return false }
        if let publicAddress {
            return Self.origin(publicAddress) == Self.origin(Self.scheme(of: publicAddress) + host)
        }
        let name = Self.withoutPort(host)
        return name == "localhost" || NetworkAddress.isNumericHost(name)
    }

    /// Whether a page of ours is at an origin, for a request that is accepted.
    func isOurs(_ origin: String, _ request: HTTPRequest) -> Bool {
        if let publicAddress { return Self.origin(origin) == Self.origin(publicAddress) }
        guard let host = request.header("host") else { return false }
        // A proxy in front may speak https.
        return ["http://", "https://"].contains { Self.origin(origin) == Self.origin($0 + host) }
    }

    /// Why a request is not taken.
    var refusal: PageRefusal { .strangeHost(known: publicAddress) }

    private static func scheme(of address: String) -> String {
        address.lowercased().hasPrefix("https://") ? "https://" : "http://"
    }

    /// An origin as browsers write it: in lower case, without the usual port.
    private static func origin(_ text: String) -> String {
        let text = text.lowercased()
        let usual = text.hasPrefix("https://") ? ":443" : ":80"
        return text.hasSuffix(usual) ? String(text.dropLast(usual.count)) : text
    }

    private static func withoutPort(_ host: String) -> String {
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]"),
            host[host.index(after: colon)...].utf8.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            })
        else { return host }
        return String(host[..<colon])
    }
}
