extension HTTPRequest {
    /// The token of an `Authorization: Bearer` header, its scheme in any case; nil for none and for other schemes.
    public var bearerToken: ArraySlice<UInt8>? {
        guard let value = headerBytes("authorization") else { return nil }
        let scheme = Array("bearer ".utf8)
        guard value.count > scheme.count else { return nil }
        for (byte, expected) in zip(value, scheme) where byte | 0x20 != expected | 0x20 { return nil }
        let token = value.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        return token.isEmpty ? nil : token
    }
}
