import Foundation
import Testing

/// The programs from PyPI that Coffer is compared with and checked by.
private enum Peers {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Whether those that gains are compared with are there, after an attempt to install them.
    static let arePresent = fetch("rp2", "BittyTax")

    /// Whether those that read the OpenAPI document are there, after an attempt to install them.
    static let canReadDocument = fetch("schemathesis")

    /// Whether the stock clients of OAuth2 are there, after an attempt to install them.
    static let areOAuthClientsPresent = fetch("OAuthClients")

    /// Whether the stock client of GraphQL is there, after an attempt to install it.
    static let isGraphQLClientPresent = fetch("GQLClient")

    private static func fetch(_ names: String...) -> Bool {
        // What keeps them away is said by the script itself.
        (try? run(["Scripts/fetch-peers"] + names, seconds: 400).code == 0) ?? false
    }

    /// Whether their absence is a failure, as where all changes are checked.
    static let areRequired = ProcessInfo.processInfo.environment["COFFER_PEERS"] == "required"

    struct Run {
        let code: Int32
        let output: String
    }

    /// Runs a command of the project to its end.
    static func run(_ words: [String], seconds: Double) throws -> Run {
        let folder = try TestFolder()
        var environment = ProcessInfo.processInfo.environment
        environment["COFFER_BINARY"] = try Coffer.binary()
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        let child = try Child.start(
            words,
            environment: environment,
            directory: root,
            inputPath: "/dev/null",
            streams: folder.path + "/run"
        )
        let end = child.wait(seconds: seconds) ?? child.end()
        return Run(code: end.code, output: String(decoding: child.output, as: UTF8.self) + child.errors)
    }
}

@Suite("Values beside a plain model", .serialized)
private struct ValueModelTests {
    @Test
    func `Histories and figures of random ledgers are those of a model in exact fractions`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/value_check.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `A price with a cent less is found`() throws {
        let words = ["python3", "Scripts/peers/value_check.py", "--spoil", "--rounds", "1"]
        let run = try Peers.run(words, seconds: 300)
        #expect(run.code == 1 && run.output.contains(", value: model"), "\(run.output)")
    }
}

@Suite("A stock client of bitcain's API", .serialized)
private struct StockClientTests {
    @Test
    func `Every call works, and the numbers are those of the command line`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/stock_client.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }
}

@Suite("A browser without scripts", .serialized)
private struct PagesClientTests {
    @Test
    func `Every page works, and what must not work does not`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/pages_client.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `Sign-up that is open where it should not be is found`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/pages_client.py", "--spoil"], seconds: 300)
        #expect(run.code == 1 && run.output.contains("sign-up after the first: 200"), "\(run.output)")
    }
}

@Suite("A client of CryptFolio's API that sends Rails forms", .serialized)
private struct CryptFolioClientTests {
    @Test
    func `Every route works in both revisions, and the numbers are those of the command line`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/cryptfolio_client.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `A balance that differs in one digit is found`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/cryptfolio_client.py", "--spoil"], seconds: 300)
        #expect(run.code == 1 && run.output.contains("the balance of usd"), "\(run.output)")
    }
}

@Suite(
    "Stock clients of OAuth2",
    .serialized,
    .enabled(
        if: Peers.areRequired || Peers.areOAuthClientsPresent,
        "Authlib and requests-oauthlib cannot be installed from PyPI"
    )
)
private struct OAuthClientTests {
    init() throws {
        try #require(Peers.areOAuthClientsPresent, "Scripts/fetch-peers says what is missing")
    }

    @Test
    func `Every flow works, and what must not work does not`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/oauth_clients.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `A refresh token that works twice is found`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/oauth_clients.py", "--spoil"], seconds: 300)
        #expect(run.code == 1 && run.output.contains("a refresh token twice"), "\(run.output)")
    }
}

@Suite(
    "A stock client of GraphQL",
    .serialized,
    .enabled(
        if: Peers.areRequired || Peers.isGraphQLClientPresent,
        "gql cannot be installed from PyPI"
    )
)
private struct GraphQLClientTests {
    init() throws {
        try #require(Peers.isGraphQLClientPresent, "Scripts/fetch-peers says what is missing")
    }

    @Test
    func `The guide's queries work, and the numbers are those of the command line`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/gql_client.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `A total that differs in one digit is found`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/gql_client.py", "--spoil"], seconds: 300)
        #expect(run.code == 1 && run.output.contains("a total of"), "\(run.output)")
    }
}

@Suite(
    "The OpenAPI document before public tools",
    .serialized,
    .enabled(
        if: Peers.areRequired || Peers.canReadDocument,
        "schemathesis and openapi-spec-validator cannot be installed from PyPI"
    )
)
private struct PublicToolTests {
    init() throws {
        try #require(Peers.canReadDocument, "Scripts/fetch-peers says what is missing")
    }

    @Test
    func `It is valid, and requests made from it find nothing that differs`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/api_check.py"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `What it says that is not so is found`() throws {
        let words = ["python3", "Scripts/peers/api_check.py", "--spoil", "--examples", "5"]
        let run = try Peers.run(words, seconds: 300)
        #expect(run.code == 1, "\(run.output)")
        for text in [
            "Response violates schema", "Undocumented status code",
            "API accepts requests without authentication",
        ] {
            #expect(run.output.contains(text), "\(run.output)")
        }
    }
}

@Suite(
    "Gains beside rp2 and BittyTax",
    .serialized,
    .enabled(if: Peers.areRequired || Peers.arePresent, "rp2 and BittyTax cannot be installed from PyPI")
)
private struct PeerTests {
    init() throws {
        try #require(Peers.arePresent, "Scripts/fetch-peers says what is missing")
    }

    @Test
    func `Every disposal, lot, term and yearly sum is the same, or differs just as explained`() throws {
        let run = try Peers.run(["python3", "Scripts/peers/check.py", "--short"], seconds: 300)
        #expect(run.code == 0, "\(run.output)")
    }

    @Test
    func `A sale with a cent less is found`() throws {
        let words = ["python3", "Scripts/peers/check.py", "--spoil", "--rounds", "1", "--events", "60"]
        let run = try Peers.run(words, seconds: 300)
        #expect(run.code == 1, "\(run.output)")
        for name in ["rp2 fifo", "rp2 lifo", "rp2 hifo", "rp2 lofo"] {
            #expect(run.output.contains("DIFFERENT  \(name), proceeds of a disposal"), "\(run.output)")
        }
    }
}
