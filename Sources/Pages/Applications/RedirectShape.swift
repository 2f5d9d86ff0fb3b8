/// What a registered redirect address comes to for a person and for a browser's rules.
struct RedirectShape: Sendable, Equatable {
    /// The host, or the program's own scheme, as a person is shown it.
    let shown: String
    /// The source expression of Content Security Policy that lets a form lead there.
    let source: String

    init(_ address: String) {
        let scheme = address.prefix { $0 != ":" }.lowercased()
        let rest = address.dropFirst(scheme.count + 1)
        guard scheme == "http" || scheme == "https", rest.hasPrefix("//") else {
            shown = scheme + ":"
            source = RedirectShape.isSchemeSource(scheme) ? scheme + ":" : "'self'"
            return
        }
        let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        shown = String(authority)
        // Numeric addresses of IPv6 have no place in the grammar of sources, so the scheme alone is named.
        source = RedirectShape.isHostSource(authority) ? "\(scheme)://\(authority)" : scheme + ":"
    }

    private static func isHostSource(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    private static func isSchemeSource(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
