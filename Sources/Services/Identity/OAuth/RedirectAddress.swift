import Crypto

/// The rules for addresses to which users are sent back (RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 4.1).
enum RedirectAddress {
    /// Hosts that are this computer whatever its name service says.
    private static let loopbackLiterals = ["127.0.0.1", "[::1]"]

    /// Why an address may not be registered, as the end of a sentence; nil when it may.
    static func problem(of text: String) -> String? {
        let bytes = Array(text.utf8)
        guard (1...OAuthLimits.redirectBytesMax).contains(bytes.count) else {
            return "has to be 1 to \(OAuthLimits.redirectBytesMax) characters long"
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }), areEscapesWhole(bytes)
        else {
            return "has a character that no address has"
        }
        guard !bytes.contains(UInt8(ascii: "#")) else { return "must not have a fragment" }
        guard !bytes.contains(UInt8(ascii: "*")) else { return "must not have a wildcard" }
        guard let colon = text.firstIndex(of: ":"), isScheme(text[..<colon]) else {
            return "has to be a whole address that begins with a scheme such as https:"
        }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon].lowercased() {
        case "https": return problem(ofAuthority: rest)
        case "http":
            if let problem = problem(ofAuthority: rest) { return problem }
            return isLoopback(host(of: rest.dropFirst(2)))
                ? nil : "has to begin with https:, since http: is for 127.0.0.1, [::1] and localhost only"
        case let scheme where scheme.contains("."):
            return rest.isEmpty ? "has nothing after its scheme" : nil
        default:
            return "has to begin with https:, or with a scheme of the program's own such as com.example.app:"
        }
    }

    /// Whether users may be sent to an asked address because this one is registered.
    ///
    /// Byte for byte; where the registered host is a literal loopback address, whatever the port.
    static func matches(_ asked: String, registered: String) -> Bool {
        if asked == registered, asked.utf8.elementsEqual(registered.utf8) { return true }
        guard let left = withoutPort(asked), let right = withoutPort(registered) else { return false }
        return left.utf8.elementsEqual(right.utf8)
    }

    /// The address with parameters added to its query.
    static func adding(_ parameters: [OAuthParameter], to address: String) -> String {
        var text = address
        for parameter in parameters {
            if !text.utf8.contains(UInt8(ascii: "?")) {
                text += "?"
            } else if text.utf8.last != UInt8(ascii: "?"), text.utf8.last != UInt8(ascii: "&") {
                text += "&"
            }
            text += PercentText.encode(parameter.name) + "=" + PercentText.encode(parameter.value)
        }
        return text
    }

    /// Whether a text is an address without a path, by which a server may call itself.
    static func isOrigin(_ text: String) -> Bool {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            return problem(of: scheme == "http://" ? "https://" + rest : text) == nil
                && authority(of: rest).utf8.count == rest.utf8.count
        }
        return false
    }

    // MARK: Parts

    private static let forbidden = Set("\"<>\\^`{|}".utf8)

    private static func areEscapesWhole(_ bytes: [UInt8]) -> Bool {
        for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "%") {
            guard place + 2 < bytes.count, isHex(bytes[place + 1]), isHex(bytes[place + 2]) else {
                return false
            }
        }
        return true
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains($0)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func problem(ofAuthority rest: Substring) -> String? {
        guard rest.hasPrefix("//") else { return "has to have // after its scheme" }
        let authority = authority(of: rest.dropFirst(2))
        guard !authority.contains("@") else { return "must not have a user name" }
        let host = host(of: authority)
        guard !host.isEmpty else { return "has no host" }
        let port = authority.dropFirst(host.count)
        guard port.isEmpty || isPort(port) else { return "has a port that is none" }
        return nil
    }

    /// What stands before the path and the query.
    private static func authority(of text: Substring) -> Substring {
        text.prefix { $0 != "/" && $0 != "?" }
    }

    /// What stands before the port, brackets included.
    private static func host(of text: Substring) -> Substring {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return text[...end] }
        return text.prefix { $0 != "/" && $0 != "?" && $0 != ":" }
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits)
        else { return false }
        return (1...65_535).contains(number)
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        loopbackLiterals.contains(String(host)) || host.lowercased() == "localhost"
    }

    /// An http address at a literal loopback address, its port taken away; nil for every other.
    private static func withoutPort(_ text: String) -> String? {
        guard text.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst("http://".count)
        let authority = authority(of: rest)
        let host = host(of: authority)
        let port = authority.dropFirst(host.count)
        guard loopbackLiterals.contains(String(host)), port.isEmpty || isPort(port) else { return nil }
        return "http://" + host + rest.dropFirst(authority.count)
    }
}
