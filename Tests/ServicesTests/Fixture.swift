import Crypto
import Foundation
import Importing
import Ledger
import Money
import Storage
import Synchronization
import Testing
import Time

@testable import Services

/// A clock that stands still until it is set.
final class TestClock: Sendable {
    private let state: Mutex<Timestamp>

    init(_ text: String) throws {
        state = Mutex(try Timestamp.parse(text))
    }

    var now: Timestamp { state.withLock { $0 } }

    func set(_ text: String) throws {
        let time = try Timestamp.parse(text)
        state.withLock { $0 = time }
    }

    func advance(seconds: Int64) {
        state.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// A workspace on a folder of its own, removed after the test.
final class Fixture: Sendable {
    let folder: String
    let clock: TestClock
    let workspace: Workspace
    let owner: UserID

    init(folder: String? = nil, change: (inout WorkspaceConfiguration) -> Void = { _ in }) throws {
        self.folder =
            folder
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("coffer-" + UUID().uuidString)
            .path
        let clock = try TestClock("2024-06-15T12:00:00Z")
        self.clock = clock
        var configuration = WorkspaceConfiguration(folder: self.folder)
        configuration.passwordCost = .floor
        configuration.now = { clock.now }
        change(&configuration)
        workspace = try Workspace.open(configuration, access: .writing)
        owner = try workspace.user(named: nil).id
    }

    func remove() {
        workspace.close()
        // What cannot be removed from the system's temporary folder is of no consequence.
        try? FileManager.default.removeItem(atPath: folder)
    }

    func addUser(_ name: String) throws -> UserInfo {
        try workspace.addUser(
            email: name + "@example.org",
            name: name,
            isAdmin: false,
            password: Secret("correct horse battery")
        )
    }

    /// Imports a text as the command line does.
    func importText(
        _ text: String,
        of user: UserID? = nil,
        account: String? = nil,
        dryRun: Bool = false,
        partial: Bool = false
    ) throws -> ImportOutcome {
        try workspace.importFile(
            ImportRequest(
                user: user ?? owner,
                fileName: "a.csv",
                account: account,
                isDryRun: dryRun,
                isPartial: partial
            ),
            source: { bytes(text) },
            progress: { _, _ in }
        )
    }

    func importPrices(_ text: String) throws -> PriceImportOutcome {
        try workspace.importPrices(from: { bytes(text) }, source: "test", progress: { _, _ in })
    }

    /// The whole history as a file.
    func exported(of user: UserID? = nil) throws -> String {
        var all: [UInt8] = []
        _ = try workspace.export(of: user ?? owner) { all += $0 }
        return String(decoding: all, as: UTF8.self)
    }

    func balances(of user: UserID? = nil, venue: String? = nil) throws -> [String: String] {
        let report = try workspace.valuedBalances(
            of: user ?? owner,
            venue: venue,
            currency: .usd,
            at: clock.now
        )
        return Dictionary(
            uniqueKeysWithValues: report.balances.map { ($0.asset.displayCode, $0.quantity.description) }
        )
    }
}

@discardableResult
func withFixture<Result>(
    change: (inout WorkspaceConfiguration) -> Void = { _ in },
    _ body: (Fixture) throws -> Result
) throws -> Result {
    let fixture = try Fixture(change: change)
    defer { fixture.remove() }
    return try body(fixture)
}

/// A text as a source that is read in pieces, as files are.
func bytes(_ text: String, pieceBytes: Int = 1000) -> ByteSource {
    let all = Array(text.utf8)
    var offset = 0
    return {
        guard offset < all.count else { return nil }
        defer { offset += pieceBytes }
        return Array(all[offset..<min(all.count, offset + pieceBytes)])
    }
}

/// Runs bodies on threads of their own and waits for all; false after a minute.
func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Bool {
    let done = DispatchSemaphore(value: 0)
    for number in 0..<count {
        Thread.detachNewThread {
            body(number)
            done.signal()
        }
    }
    for _ in 0..<count where done.wait(timeout: .now() + 60) == .timedOut { return false }
    return true
}

/// Files in Coffer's own layout.
enum Sample {
    static let header =
        "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,exchange\n"

    /// A history whose lots and gains can be worked out by hand.
    static let history =
        header + """
            2022-03-25T06:45:27Z,trade,0.5,BTC,20000,USD,100,USD,,,Coinbase,Coinbase
            2023-01-10T00:00:00Z,trade,2,ETH,3000,USD,,,,,Kraken,Kraken
            2023-06-01T12:00:00Z,staking,0.01,ETH,,,,,19,USD,Kraken,Kraken
            2024-02-01T00:00:00Z,trade,10000,USD,0.2,BTC,50,USD,,,Coinbase,Coinbase

            """

    static func deposit(_ amount: String, _ asset: String = "BTC", second: Int = 0) -> String {
        "time,kind,in_amount,in_asset,account\n" + row(amount, asset, second: second)
    }

    static func row(_ amount: String, _ asset: String = "BTC", second: Int = 0) -> String {
        "\(Timestamp(seconds: 1_700_000_000 + Int64(second))),deposit,\(amount),\(asset),Kraken\n"
    }
}
