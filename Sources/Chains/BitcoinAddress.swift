/// An address of a chain of Bitcoin's family, as what its text says.
public struct BitcoinAddress: Hashable, Sendable {
    /// What is paid to.
    public enum Target: Hashable, Sendable {
        /// A public key's hash of 20 bytes (P2PKH).
        case keyHash([UInt8])
        /// A script's hash of 20 bytes (P2SH).
        case scriptHash([UInt8])
        /// A witness program of 2 to 40 bytes, 20 or 32 in version 0 (BIP 141), with its version from 0 to 16.
        case witness(version: UInt8, program: [UInt8])
    }

    /// The network; one of several that share the text's first byte where they do.
    public let network: BitcoinNetwork
    /// What is paid to.
    public let target: Target

    static let hashBytes = 20

    /// An address from its parts, or nil when the target is of no allowed length or the chain does not have it.
    public init?(_ target: Target, on network: BitcoinNetwork) {
        switch target {
        case .keyHash(let hash), .scriptHash(let hash):
            guard hash.count == BitcoinAddress.hashBytes else { return nil }
        case .witness(let version, let program):
            guard network.witnessPrefix != nil, version <= 16,
                BitcoinAddress.isProgram(program.count, version: version)
            else { return nil }
        }
        self.target = target
        self.network = network
    }

    static func isProgram(_ count: Int, version: UInt8) -> Bool {
        version == 0 ? count == 20 || count == 32 : (2...40).contains(count)
    }

    /// The address as it is written: Base58Check, Bech32 or Bech32m in small letters.
    public var text: String {
        switch target {
        case .keyHash(let hash): return Base58Check.encode([network.keyHashPrefix] + hash)
        case .scriptHash(let hash): return Base58Check.encode([network.scriptHashPrefix] + hash)
        case .witness(let version, let program):
            guard let prefix = network.witnessPrefix else {
                preconditionFailure("only a network with witness programs makes such an address")
            }
            return Bech32(
                prefix: prefix,
                values: [version] + Bech32.split(program),
                variant: version == 0 ? .bech32 : .bech32m
            ).text
        }
    }

    /// The output script that pays to it (BIP 16, BIP 141).
    public var script: [UInt8] {
        switch target {
        // Duplicate, hash, push 20 bytes, compare, check the signature.
        case .keyHash(let hash): [0x76, 0xA9, 0x14] + hash + [0x88, 0xAC]
        // Hash, push 20 bytes, compare.
        case .scriptHash(let hash): [0xA9, 0x14] + hash + [0x87]
        // A small number, push the program.
        case .witness(let version, let program):
            [version == 0 ? 0 : 0x50 + version, UInt8(program.count)] + program
        }
    }
}
