import Testing

@testable import HTTPClient

@Suite("Where requests may go")
struct AddressRuleTests {
    @Test(
        "an address belongs to the public network or does not",
        arguments: [
            ("8.8.8.8", true), ("0.0.0.0", false), ("10.1.2.3", false), ("100.64.0.1", false),
            ("100.128.0.1", true), ("127.9.9.9", false), ("169.254.169.254", false), ("172.15.0.1", true),
            ("172.16.0.1", false), ("172.31.255.255", false), ("172.32.0.1", true), ("192.0.0.8", false),
            ("192.168.1.1", false), ("192.169.0.1", true), ("198.18.0.1", false), ("198.51.100.7", false),
            ("203.0.113.9", false), ("224.0.0.1", false), ("255.255.255.255", false),
        ]
    )
    func publicAddresses(_ text: String, _ isPublic: Bool) {
        let bytes = text.split(separator: ".").compactMap { UInt8($0) }
        #expect(AddressRule.isPublic(bytes) == isPublic)
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes
        #expect(AddressRule.isPublic(mapped) == isPublic)
        let translated = [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8) + bytes
        #expect(AddressRule.isPublic(translated) == isPublic)
    }

    @Test("of IPv6 only what is given out is public")
    func newAddresses() {
        func address(_ start: [UInt8], _ end: UInt8) -> [UInt8] {
            start + [UInt8](repeating: 0, count: 15 - start.count) + [end]
        }
        #expect(AddressRule.isPublic(address([0x2A, 0x00, 0x14, 0x50], 1)))
        #expect(AddressRule.isPublic(address([0x26, 0x06, 0x47, 0x00], 1)))
        for start: [UInt8] in [
            [], [0xFE, 0x80], [0xFC, 0], [0xFD, 1], [0xFF, 2], [0x20, 0x02, 127, 0, 0, 1], [0x20, 1, 0, 0],
            [0x20, 1, 0x0D, 0xB8], [0x3F, 0xFF, 0, 1],
        ] {
            #expect(!AddressRule.isPublic(address(start, 1)), "\(start)")
        }
        #expect(AddressRule.isLoopback(address([], 1)))
        #expect(!AddressRule.isLoopback(address([], 2)))
        #expect(!AddressRule.isPublic([1, 2, 3]))
    }

    @Test("only this computer, written out, is loopback")
    func loopbackHosts() {
        for host in ["127.0.0.1", "127.255.0.9", "localhost", "[::1]"] {
            #expect(AddressRule.isLoopback(host: host))
        }
        for host in [
            "127.0.0.1.example.com", "127.1", "127.0.0.256", "localhost.example", "128.0.0.1", "::1",
        ] {
            #expect(!AddressRule.isLoopback(host: host))
        }
    }

    @Test("an origin is scheme, host and port")
    func origins() throws {
        let origin = try Origin("https://API.Example.com/v1?x=1")
        #expect(origin.host == "api.example.com")
        #expect(origin.port == 443)
        #expect(origin.name == "api.example.com")
        #expect(try Origin("http://127.0.0.1:8080/a").name == "127.0.0.1:8080")
        #expect(try Origin("http://[::1]:81").isLoopback)
    }

    @Test("an address has a longest length")
    func long() {
        let url = "https://example.com/" + String(repeating: "a", count: 9_000)
        #expect(throws: TransportError.refusedAddress("the address is longer than 8192 bytes")) {
            try Origin(url)
        }
    }

    @Test(
        "what is no allowed address is refused by name",
        arguments: [
            "http://example.com", "ftp://example.com", "file:///etc/passwd", "example.com", "", "https://",
            "https://user:secret@example.com", "https://exa mple.com", "https://example.com/\r\nX: y",
            "https://example.com\\@127.0.0.1/", "gopher://127.0.0.1", "http://127.0.0.1.example.com",
        ]
    )
    func refused(_ url: String) {
        let error = #expect(throws: TransportError.self) { try Origin(url) }
        guard case .refusedAddress(let text)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!text.contains("secret"))
    }
}
