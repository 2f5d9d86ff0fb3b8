import Foundation
import Testing

/// A client that knows bitcain's page alone, against the real server.
@Suite("A stock client of bitcain's API")
private struct ClientTests {
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Clients/bitcain_client.py").path

    @Test(.enabled(if: ClientTests.python != nil, "there is no python3"))
    func `It walks all nineteen endpoints and the sign-in`() throws {
        let coffer = try Coffer()
        let server = try Server(coffer)
        try server.waitUntilReady()
        let child = try Child.start(
            [try #require(Self.python), Self.script, "http://127.0.0.1:\(server.port)"],
            environment: ["PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"],
            directory: coffer.folder.path,
            inputPath: "/dev/null",
            streams: coffer.folder.path + "/client"
        )
        let end = child.wait(seconds: 120) ?? child.end()
        let said = String(decoding: child.output, as: UTF8.self)
        #expect(end.code == 0, "\(said)\(child.errors)")
        #expect(said.hasPrefix("23 endpoints: "))
        // Nothing that the client sent or got is in the log.
        for secret in ["correct horse", "cfb_", "cfr_", "user_id="] {
            #expect(!server.child.errors.contains(secret), "\(secret)")
        }
    }
}
