import Foundation
import JSON

/// The release program, serving a seeded data folder.
struct Served {
    let port: UInt16
    let token: String
    let folder: String
    /// From the start of the process to its first answer.
    let firstAnswerSeconds: Double
    let process: Process

    /// The venue that seeded histories trade on.
    static let balancesPath = "/api/v1/portfolio/balances?exchange=kraken"
    /// The values of a year.
    static let historyPath = "/api/v1/portfolio/history?timeframe=1Y"

    /// A user of a seeded data folder.
    struct User {
        let email: String
        let password: String
        let token: String
        /// An access token of CryptFolio's API.
        let access: String
        /// A key of TrustVault's API.
        let trustvault: String
    }

    /// Makes a data folder with one user of so many entries; the user's token.
    static func seed(_ folder: String, entries: Int) throws -> String {
        try seedUser(folder, entries: entries).token
    }

    /// Makes a data folder with one user of so many entries.
    static func seedUser(_ folder: String, entries: Int) throws -> User {
        let output = try Tool.output(
            of: try Tool.sibling("coffer"),
            ["seed", "--users", "1", "--entries", String(entries), "--json", "--data", folder]
        )
        let seeded = try JSONReader.parse(Array(output.utf8))
        guard let user = seeded["users"]?[0], let token = user["bitcain"]?["token"]?.string,
            let email = user["email"]?.string, let password = user["password"]?.string,
            let access = user["cryptfolio"]?["access_token"]?.string,
            let trustvault = user["trustvault"]?["api_key"]?.string
        else { throw BenchError(message: "coffer seed printed no token") }
        return User(email: email, password: password, token: token, access: access, trustvault: trustvault)
    }

    /// Starts serving and waits for the first answer.
    static func start(_ place: WorkPlace, folder: String, token: String) throws -> Served {
        let program = try Tool.sibling("coffer")
        let port = try Loopback.freePort()
        let clock = ContinuousClock()
        let began = clock.now
        let process = try Tool.start(
            program,
            [
                "serve", "--no-limits", "--listen", "127.0.0.1:\(port)", "--admin-listen", "off", "--data",
                folder,
            ],
            log: place.path("serve.log")
        )
        while began.duration(to: clock.now) < .seconds(10) {
            if Loopback.get("/healthz", port: port)?.status == 200 {
                let seconds = began.duration(to: clock.now).inSeconds
                return Served(
                    port: port,
                    token: token,
                    folder: folder,
                    firstAnswerSeconds: seconds,
                    process: process
                )
            }
            usleep(500)
        }
        process.stop()
        throw BenchError(
            message:
                "coffer serve gave no answer within 10 s: \(Machine.text(of: place.path("serve.log")) ?? "")"
        )
    }

    /// Waits until the server says that it can do its work.
    func waitUntilReady() throws(BenchError) {
        for _ in 0..<5000 {
            if Loopback.get("/readyz", port: port)?.status == 200 { return }
            usleep(1000)
        }
        throw BenchError(message: "coffer serve does not become ready")
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    var authorization: String { "Authorization: Bearer \(token)" }

    func stop() { process.stop() }
}
