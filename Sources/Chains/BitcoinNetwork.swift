/// One network of a chain of Bitcoin's family, with the numbers that its addresses and keys begin with.
///
/// Source: `chainparams.cpp` of Bitcoin Core, Litecoin Core and Dogecoin Core, and SLIP-0044 for the coin types.
public struct BitcoinNetwork: Hashable, Sendable {
    /// What a network is for.
    public enum Purpose: Hashable, Sendable {
        /// The one whose coins are worth something.
        case main
        /// For trials, shared by everybody; Bitcoin's signet uses the same numbers.
        case test
        /// For trials on one computer.
        case regression
    }

    /// The chain.
    public let chain: Chain
    /// What the network is for.
    public let purpose: Purpose
    /// The first byte of an address that pays to a public key's hash (P2PKH).
    public let keyHashPrefix: UInt8
    /// The first byte of an address that pays to a script's hash (P2SH).
    public let scriptHashPrefix: UInt8
    /// The first byte that such addresses had before they were told apart from another chain's, where they had one.
    public let oldScriptHashPrefix: UInt8?
    /// What Bech32 addresses begin with, in lower case; nil where the chain has no witness programs.
    public let witnessPrefix: String?
    /// The first byte of a private key written for import (WIF).
    public let privateKeyPrefix: UInt8
    /// The first four bytes of an extended public key (BIP 32).
    public let extendedPublicPrefix: UInt32
    /// The first four bytes of an extended private key (BIP 32).
    public let extendedPrivatePrefix: UInt32
    /// The coin's number in derivation paths (SLIP-0044).
    public let coinType: UInt32

    /// The name for people, such as `Bitcoin` or `Litecoin testnet`.
    public var title: String {
        switch purpose {
        case .main: chain.title
        case .test: chain.title + " testnet"
        case .regression: chain.title + " regtest"
        }
    }

    /// All of them, main networks first.
    public static let all: [BitcoinNetwork] = [
        .bitcoin, .litecoin, .dogecoin, .bitcoinTest, .litecoinTest, .dogecoinTest, .bitcoinRegression,
        .litecoinRegression, .dogecoinRegression,
    ]

    /// The main network of a chain; nil for a chain of another family.
    public static func main(_ chain: Chain) -> BitcoinNetwork? {
        all.first { $0.chain == chain && $0.purpose == .main }
    }
}

extension BitcoinNetwork {
    /// Bitcoin's main network.
    public static let bitcoin = BitcoinNetwork(
        chain: .bitcoin,
        purpose: .main,
        keyHashPrefix: 0x00,
        scriptHashPrefix: 0x05,
        oldScriptHashPrefix: nil,
        witnessPrefix: "bc",
        privateKeyPrefix: 0x80,
        extendedPublicPrefix: 0x0488_B21E,
        extendedPrivatePrefix: 0x0488_ADE4,
        coinType: 0
    )

    /// Litecoin's main network.
    public static let litecoin = BitcoinNetwork(
        chain: .litecoin,
        purpose: .main,
        keyHashPrefix: 0x30,
        scriptHashPrefix: 0x32,
        oldScriptHashPrefix: 0x05,
        witnessPrefix: "ltc",
        privateKeyPrefix: 0xB0,
        extendedPublicPrefix: 0x0488_B21E,
        extendedPrivatePrefix: 0x0488_ADE4,
        coinType: 2
    )

    /// Dogecoin's main network.
    public static let dogecoin = BitcoinNetwork(
        chain: .dogecoin,
        purpose: .main,
        keyHashPrefix: 0x1E,
        scriptHashPrefix: 0x16,
        oldScriptHashPrefix: nil,
        witnessPrefix: nil,
        privateKeyPrefix: 0x9E,
        extendedPublicPrefix: 0x02FA_CAFD,
        extendedPrivatePrefix: 0x02FA_C398,
        coinType: 3
    )

    /// Bitcoin's test networks.
    public static let bitcoinTest = trial(.bitcoin, .test, 0x6F, 0xC4, witness: "tb")

    /// Bitcoin's network for trials on one computer.
    public static let bitcoinRegression = trial(.bitcoin, .regression, 0x6F, 0xC4, witness: "bcrt")

    /// Litecoin's test network.
    public static let litecoinTest = trial(.litecoin, .test, 0x6F, 0x3A, old: 0xC4, witness: "tltc")

    /// Litecoin's network for trials on one computer.
    public static let litecoinRegression = trial(
        .litecoin,
        .regression,
        0x6F,
        0x3A,
        old: 0xC4,
        witness: "rltc"
    )

    /// Dogecoin's test network.
    public static let dogecoinTest = trial(.dogecoin, .test, 0x71, 0xC4, privateKey: 0xF1)

    /// Dogecoin's network for trials on one computer.
    public static let dogecoinRegression = trial(.dogecoin, .regression, 0x6F, 0xC4)

    /// A network for trials: they all share the coin type and the prefixes of extended keys.
    private static func trial(
        _ chain: Chain,
        _ purpose: Purpose,
        _ keyHash: UInt8,
        _ scriptHash: UInt8,
        old: UInt8? = nil,
        witness: String? = nil,
        privateKey: UInt8 = 0xEF
    ) -> BitcoinNetwork {
        BitcoinNetwork(
            chain: chain,
            purpose: purpose,
            keyHashPrefix: keyHash,
            scriptHashPrefix: scriptHash,
            oldScriptHashPrefix: old,
            witnessPrefix: witness,
            privateKeyPrefix: privateKey,
            extendedPublicPrefix: 0x0435_87CF,
            extendedPrivatePrefix: 0x0435_8394,
            coinType: 1
        )
    }
}

/// One network of Ethereum's family.
public struct EthereumNetwork: Hashable, Sendable {
    /// The name for people.
    public let title: String
    /// The number that its nodes and transactions name (EIP-155).
    public let chainID: UInt64

    /// Ethereum's main network.
    public static let main = EthereumNetwork(title: "Ethereum", chainID: 1)
    /// The network for trials of contracts.
    public static let sepolia = EthereumNetwork(title: "Ethereum testnet Sepolia", chainID: 11_155_111)
}
