/// An address that belongs to a currency's chain, in the form that it is asked for and compared by.
public struct ChainAddress: Hashable, Sendable {
    /// What an address is made of, by the chain's family.
    public enum Content: Hashable, Sendable {
        /// On a chain of Bitcoin's family.
        case bitcoin(BitcoinAddress)
        /// On Ethereum.
        case ethereum(EthereumAddress)
    }

    /// What the address holds.
    public let asset: ChainAsset
    /// What it is made of.
    public let content: Content
    /// The normal form: Bech32 in small letters, Base58 as it is, Ethereum with the case of EIP-55.
    public let text: String

    init(asset: ChainAsset, content: Content) {
        self.asset = asset
        self.content = content
        text =
            switch content {
            case .bitcoin(let address): address.text
            case .ethereum(let address): address.text
            }
    }
}

/// What a text turned out to be when it was checked as an address of a currency.
public enum AddressOutcome: Hashable, Sendable {
    /// An address of the currency's main network.
    case valid(ChainAddress)
    /// A text of an address's form with a slip in it: its checksum does not fit.
    case wrongChecksum
    /// An address of another chain, or of a network for trials.
    case otherNetwork(ForeignAddress)
    /// No address.
    case noAddress(AddressFault)
    /// Nothing is known about addresses of this currency; the text is at least one that can be kept.
    case notChecked(UncheckedCurrency)

    /// The checked address, or nil.
    public var address: ChainAddress? {
        if case .valid(let address) = self { address } else { nil }
    }

    /// Whether the text is known not to be an address of the currency; such a text is never asked about.
    public var isInvalid: Bool {
        switch self {
        case .valid, .notChecked: false
        case .wrongChecksum, .otherNetwork, .noAddress: true
        }
    }

    /// What is wrong in words for a person; nil for an address of the currency.
    public var words: String? {
        switch self {
        case .valid: nil
        case .wrongChecksum: "Invalid checksum"
        case .otherNetwork(let foreign): foreign.words
        case .noAddress(let fault): fault.words
        case .notChecked(let reason): reason.words
        }
    }
}

/// An address that is in order, but of another network than the currency's.
public enum ForeignAddress: Hashable, Sendable {
    /// The main network of a chain.
    case chain(Chain)
    /// One network for trials.
    case trial(BitcoinNetwork)
    /// A network for trials, of several that cannot be told apart.
    case someTrial
    /// The form that Litecoin's script addresses had until 2018, which is Bitcoin's; `today` is the same address now.
    case oldLitecoin(today: String)
    /// A chain that Coffer knows by its addresses' look alone.
    case other(String)

    /// What it is, for a person.
    public var words: String {
        switch self {
        case .chain(let chain): "This is \(ForeignAddress.article(chain.title)) address"
        case .trial(let network): "This is \(ForeignAddress.article(network.title)) address"
        case .someTrial: "This is an address of a test network"
        case .oldLitecoin(let today):
            "This is a Bitcoin address, or a Litecoin address in its old form: that one is written \(today) today"
        case .other(let name): "This is \(ForeignAddress.article(name)) address"
        }
    }

    private static func article(_ name: String) -> String {
        let vowels = Array("AEIO".utf8)
        return (name.utf8.first.map { vowels.contains($0) } ?? false ? "an " : "a ") + name
    }
}

/// Why a text is no address at all.
public enum AddressFault: Hashable, Sendable {
    /// There is nothing, or blanks alone.
    case empty
    /// It is longer than any address, in bytes.
    case tooLong(limit: Int)
    /// A character that no address of the currency has, by its place from 1; the character where it can be shown.
    case character(Unicode.Scalar?, place: Int)
    /// Capitals and small letters, where an address has one case.
    case mixedCase
    /// Too many or too few characters or bytes for an address.
    case length
    /// Other than 40 hexadecimal digits behind `0x`.
    case digits(Int)
    /// `0x` is missing before the digits.
    case noMarker
    /// A prefix of no chain that Coffer knows.
    case prefix(String)
    /// The first byte of no chain that Coffer knows.
    case version
    /// A witness program of a version or length that none has, or with bits left over.
    case program
    /// A private key, which must be shown to nobody.
    case privateKey
    /// An extended public key, which stands for many addresses.
    case extendedKey
    /// A request for a payment over Lightning.
    case invoice
    /// An address of Litecoin's extension blocks (MWEB), whose amounts are encrypted.
    case hiddenAmounts

    /// What is wrong, for a person; never the text itself.
    public var words: String {
        switch self {
        case .empty: "There is no address"
        case .tooLong(let limit): "An address is not longer than \(limit) bytes"
        case .character(let character?, let place):
            "This is no address: the character \(character) at place \(place)"
        case .character(nil, let place): "This is no address: an unusual character at place \(place)"
        case .mixedCase: "This is no address: capitals and small letters are mixed"
        case .length: "This is no address: it is too short or too long"
        case .digits(64):
            "This is no address: 64 digits, as a private key or a transaction has; show a private key to nobody"
        case .digits(let count): "This is no address: \(count) digits behind 0x where an address has 40"
        case .noMarker: "This is no address: an Ethereum address begins with 0x"
        case .prefix(let prefix): "This is no address that Coffer knows: it begins with \(prefix)1"
        case .version: "This is no address that Coffer knows: its first byte belongs to no known chain"
        case .program: "This is no address: its witness program has a wrong version, length or end"
        case .privateKey:
            "This is a private key, not an address; show it to nobody, and move what it holds if you did"
        case .extendedKey: "This is an extended public key, not an address"
        case .invoice: "This is a Lightning invoice, not an address"
        case .hiddenAmounts:
            "This is a Litecoin MWEB address; its amounts are hidden, so that it cannot be tracked"
        }
    }
}

/// Why nothing is known about the addresses of a currency.
public enum UncheckedCurrency: Hashable, Sendable {
    /// Money of a state or a metal has no addresses.
    case noChain(code: String)
    /// Coffer does not know the chain, or the token's contract.
    case unknownChain(code: String)

    /// The reason in words for a person.
    public var words: String {
        switch self {
        case .noChain(let code): "\(code.uppercased()) has no addresses"
        case .unknownChain(let code): "Coffer cannot check or track addresses of \(code.uppercased())"
        }
    }
}
