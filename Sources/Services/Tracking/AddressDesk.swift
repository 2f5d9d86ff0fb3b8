import Chains
import Connectors
import Ledger
import Synchronization
import Time

/// The addresses that are being read, and the newest blocks of chains as they were looked up last.
final class AddressDesk: Sendable {
    private struct State {
        var tips: [Chain: (tip: ChainTip, until: Timestamp)] = [:]
        var reading: Set<AccountID> = []
    }

    private let state = Mutex(State())

    /// Takes an address for reading; false while somebody else reads it.
    func begin(_ account: AccountID) -> Bool {
        state.withLock { $0.reading.insert(account).inserted }
    }

    /// Lets an address go.
    func end(_ account: AccountID) {
        state.withLock { _ = $0.reading.remove(account) }
    }

    /// The newest block of a chain, looked up about once a minute.
    func tip(of source: any ChainSource, at time: Timestamp) throws(ConnectorError) -> ChainTip {
        if let known = state.withLock({ $0.tips[source.chain] }), known.until > time { return known.tip }
        let tip = try source.fetchTip()
        let until = time.advanced(bySeconds: RefreshLimits.tipSeconds)
        state.withLock { $0.tips[source.chain] = (tip, until) }
        return tip
    }
}

/// The named bounds of reading addresses that no setting changes.
enum RefreshLimits {
    /// Addresses that one round looks at, those among them that nobody is asked about.
    static let dueMax = 20_000
    /// The wait before the rest of a long history is read, in seconds.
    static let restSeconds: Int64 = 5
    /// The wait where no service is named, in seconds.
    static let unsetSeconds: Int64 = 300
    /// The wait where a currency has no chain that is known, in seconds.
    static let unknownChainSeconds: Int64 = 24 * 3600
    /// How long one look at a chain's newest block serves, in seconds.
    static let tipSeconds: Int64 = 60
    /// Bytes of the error that is kept with an address.
    static let errorBytesMax = 500
    /// Tokens that are looked for at one address.
    static let assetsMax = 400
    /// Calls for tokens that one reading makes, where some of their contracts do not answer.
    static let tokenCallsMax = 32
}
