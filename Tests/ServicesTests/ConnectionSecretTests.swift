import Crypto
import Foundation
import Testing
import VenueSupport

@testable import Services
@testable import Storage

@Suite("Secrets of connections") private struct ConnectionSecretTests {
    /// Every form in which the planted secret could stand somewhere.
    private static var canaries: [[UInt8]] {
        let raw = Hex.decode(ConnectedVenue.seed) ?? []
        let texts = [
            ConnectedVenue.secretText, ConnectedVenue.seed, ConnectedVenue.keyName, Base64.encode(raw),
            Base64URL.encode(raw), String(ConnectedVenue.secretText.prefix(24)),
        ]
        return texts.map { Array($0.utf8) } + [raw, Array(raw.prefix(12))]
    }

    private static func holds(_ bytes: [UInt8], _ canary: [UInt8]) -> Bool {
        let data = Data(bytes)
        return data.range(of: Data(canary)) != nil
    }

    /// The files of a folder in which a canary stands.
    private static func leaks(_ folder: String) throws -> [String] {
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return files.filter { file in
            guard let data = FileManager.default.contents(atPath: folder + "/" + file) else { return false }
            return canaries.contains { data.range(of: Data($0)) != nil }
        }
    }

    @Test func `a planted secret stands in no file, no answer and no error`() throws {
        try withVenue { it in
            let added = try it.connect()
            var said = String(reflecting: added)
            it.venue.change {
                $0.override = { number, _ in
                    number == 1 ? .init(400, "{\"key\":\"\(ConnectedVenue.secretText)\"}") : nil
                }
            }
            said += String(reflecting: try it.workspace.syncConnections(of: it.owner))
            said += String(reflecting: try it.workspace.syncConnections(of: it.owner))
            said += String(reflecting: try it.workspace.connections(of: it.owner))
            said += String(
                reflecting: try it.workspace.backfill(
                    of: it.owner,
                    source: .tradeHistorySync,
                    isDryRun: false,
                    maxPages: 1
                )
            )
            let records = try it.workspace.database.read { connection throws(StorageError) in
                try connection.venueConnections(of: it.owner)
            }
            said += String(reflecting: records)
            let bytes = Array(said.utf8)
            for canary in Self.canaries { #expect(!Self.holds(bytes, canary)) }
            #expect(try Self.leaks(it.fixture.folder) == [])
            // The proof that the search would find one.
            let probe = it.fixture.folder + "/probe"
            try Data(Self.canaries[0]).write(to: URL(fileURLWithPath: probe))
            #expect(try Self.leaks(it.fixture.folder) == ["probe"])
        }
    }

    @Test func `the key file is made once, for its owner alone`() throws {
        try withVenue { it in
            let path = it.fixture.folder + "/secret.key"
            #expect(!FileManager.default.fileExists(atPath: path))
            try it.workspace.checkKeyFile()
            #expect(!FileManager.default.fileExists(atPath: path), "not before it is needed")
            try it.connect()
            let first = try #require(FileManager.default.contents(atPath: path))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            try it.connect(label: "Second")
            #expect(FileManager.default.contents(atPath: path) == first)
            try it.workspace.checkKeyFile()
        }
    }

    @Test func `a setting names another place`() throws {
        let place = FileManager.default.temporaryDirectory.path + "/coffer-key-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: place) }
        try withVenue(change: { $0.connections.keyFile = place }) { it in
            try it.connect()
            #expect(FileManager.default.fileExists(atPath: place))
            #expect(!FileManager.default.fileExists(atPath: it.fixture.folder + "/secret.key"))
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 4)
        }
    }

    private static func stored(_ it: ConnectedVenue) throws -> [VenueConnectionRecord] {
        try it.workspace.database.read { connection throws(StorageError) in
            try connection.venueConnections(of: it.owner)
        }
    }

    @Test func `with another key nothing opens and nothing changes`() throws {
        try withVenue { it in
            try it.connect()
            let path = it.fixture.folder + "/secret.key"
            let right = try #require(FileManager.default.contents(atPath: path))
            let before = try Self.stored(it).map(\.sealed)
            try FileManager.default.removeItem(atPath: path)
            _ = try KeyFile.make(path)
            #expect(throws: ConnectionError.keyFile(.wrong(path: path))) { try it.workspace.checkKeyFile() }
            #expect(throws: ConnectionError.keyFile(.wrong(path: path))) { try it.connect(label: "Other") }
            let sync = try #require(try it.workspace.syncConnections(of: it.owner).connections.first)
            #expect(sync.errors.count == 1)
            #expect(sync.errors.first?.contains("is not the one that the stored credentials") == true)
            #expect(it.venue.targets == [])
            #expect(try Self.stored(it).map(\.sealed) == before)
            #expect(try it.workspace.connections(of: it.owner).count == 1)
            // Without the file nothing is made in its place.
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: ConnectionError.keyFile(.missing(path: path))) { try it.workspace.checkKeyFile() }
            #expect(throws: ConnectionError.keyFile(.missing(path: path))) { try it.connect(label: "Other") }
            #expect(!FileManager.default.fileExists(atPath: path))
            // The right one works again; a removal works without any.
            try right.write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(try it.workspace.syncConnections(of: it.owner).eventsInserted == 4)
            try FileManager.default.removeItem(atPath: path)
            let id = try #require(try it.workspace.connections(of: it.owner).first?.id)
            try it.workspace.removeConnection(id.raw, of: it.owner)
            try it.workspace.checkKeyFile()
            // Nothing is sealed any more, so a new key may begin.
            try it.connect(label: "New")
            #expect(try it.workspace.syncConnections(of: it.owner).connections.first?.errors == [])
        }
    }

    @Test func `a key file that others may read, or that is none, is refused`() throws {
        try withVenue { it in
            try it.connect()
            let path = it.fixture.folder + "/secret.key"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(throws: ConnectionError.keyFile(.open(path: path, mode: "644"))) {
                try it.workspace.checkKeyFile()
            }
            for text in [
                "", "coffer-key-1:", "coffer-key-1:AAAA\n", "hello\n", String(repeating: "a", count: 999),
            ] {
                try FileManager.default.removeItem(atPath: path)
                _ = FileManager.default.createFile(
                    atPath: path,
                    contents: Data(text.utf8),
                    attributes: [.posixPermissions: 0o600]
                )
                #expect(throws: ConnectionError.keyFile(.malformed(path: path))) {
                    try it.workspace.checkKeyFile()
                }
            }
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/null")
            #expect(throws: ConnectionError.self) { try it.workspace.checkKeyFile() }
        }
    }

    @Test(arguments: [
        // Two rows' and two users' credentials exchanged, a bit changed, a row that says it is another user's.
        "UPDATE connections SET sealed = (SELECT sealed FROM connections o WHERE o.id = 3 - connections.id) WHERE id IN (1, 2)",
        "UPDATE connections SET sealed = (SELECT sealed FROM connections o WHERE o.id = 3) WHERE id = 1",
        "UPDATE connections SET sealed = cast(substr(sealed, 1, 40) || x'00' || substr(sealed, 42) AS BLOB) WHERE id = 1",
        "UPDATE connections SET sealed = x'01' WHERE id = 1",
        "UPDATE user_keys SET wrapped = (SELECT wrapped FROM user_keys o WHERE o.user <> user_keys.user)",
        "UPDATE connections SET key_version = 2 WHERE id = 1",
    ])
    func `credentials that were moved or changed in the store do not open`(sql: String) throws {
        let first = try ConnectedVenue()
        defer { first.fixture.remove() }
        try first.connect()
        try first.connect(label: "Second")
        let other = try first.fixture.addUser("bob").id
        try first.connect(of: other)
        try first.workspace.database.writeAndWait { try $0.connection.execute(sql) }
        let outcome = try first.workspace.syncConnections(of: first.owner, only: 1)
        let sync = try #require(outcome.connections.first)
        #expect(sync.errors.count == 1)
        #expect(sync.eventsFound == 0)
        #expect(first.venue.targets == [], "no request was made with foreign credentials")
    }
}
