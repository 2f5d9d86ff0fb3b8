public import HTTPClient

/// The address of a chain's service: an origin with a path or none, without a query.
public struct ChainURL: Hashable, Sendable {
    /// The address without a slash at its end.
    public let text: String
    /// The host, with the port where that is not the usual one: what messages name, since a path may hold a key.
    public let name: String

    /// The longest address in bytes.
    public static let bytesMax = 500

    /// An address such as `https://blockstream.info/api`, or `http://` of this computer.
    ///
    /// - Throws: `TransportError.refusedAddress`, which names no more than the host.
    public init(_ text: String) throws(TransportError) {
        guard text.utf8.count <= ChainURL.bytesMax else {
            throw .refusedAddress("the address is longer than \(ChainURL.bytesMax) bytes")
        }
        let origin = try Origin(text)
        guard let start = text.firstRange(of: "://")?.upperBound else {
            throw .refusedAddress("not an address of the form https://host/path")
        }
        let path = text[start...].drop { $0 != "/" }
        guard path.utf8.allSatisfy({ ChainURL.isPathByte($0) }), !text.contains("?"), !text.contains("#"),
            !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else {
            throw .refusedAddress(
                "\(origin.name): the path has a query or characters that Coffer does not send"
            )
        }
        var plain = Substring(text)
        while plain.hasSuffix("/") { plain = plain.dropLast() }
        self.text = String(plain)
        name = origin.name
    }

    static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
