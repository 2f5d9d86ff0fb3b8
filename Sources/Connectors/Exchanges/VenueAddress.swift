import HTTPClient

/// The form that the address of a venue's API has.
public enum VenueAddress {
    /// The host and port of an address without a path, or nil.
    public static func host(of baseURL: String) -> String? {
        for scheme in ["https://", "http://"] where baseURL.hasPrefix(scheme) {
            let host = baseURL.dropFirst(scheme.count)
            let isHost = host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["),
                    UInt8(ascii: "]"):
                    true
                default: false
                }
            }
            return isHost && (1...253).contains(host.utf8.count) ? String(host) : nil
        }
        return nil
    }

    /// Checks an address.
    ///
    /// - Throws: `ConnectorError.transport(.refusedAddress)` for an address of another form.
    static func check(_ baseURL: String, like example: String) throws(ConnectorError) {
        guard host(of: baseURL) != nil else {
            throw .transport(.refusedAddress("\(baseURL) is not such as \(example)"))
        }
    }
}
