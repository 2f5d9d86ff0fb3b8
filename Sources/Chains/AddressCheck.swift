public import Money

/// Tells whether a text is an address of a currency, without asking anybody.
public enum AddressCheck {
    /// The longest text that is looked at, in bytes; Cardano's and Monero's longest addresses are shorter.
    public static let textBytesMax = 256

    /// The lengths that Base58Check addresses have, with room for a slip; beyond them a wrong checksum means nothing.
    private static let base58Lengths = 25...36
    /// The same for addresses with a prefix, up to the longest that Bech32 allows.
    private static let bech32Lengths = 25...Bech32.textBytesMax

    /// What a text is, as an address of a currency's main network.
    ///
    /// Blanks around the text are passed over. The currency is a lower-case code; the registry tells the contracts
    /// of tokens, whose addresses are Ethereum's.
    public static func check(
        _ text: String,
        currency code: String,
        registry: AssetRegistry = .builtIn
    ) -> AddressOutcome {
        guard text.utf8.count <= textBytesMax else { return .noAddress(.tooLong(limit: textBytesMax)) }
        let plain = trimmed(text)
        guard !plain.isEmpty else { return .noAddress(.empty) }
        guard let asset = ChainAsset(code: code, registry: registry) else {
            if let fault = unusual(plain) { return .noAddress(fault) }
            if let fault = secret(plain) { return .noAddress(fault) }
            let kind = registry.asset(code: code)?.kind
            return .notChecked(
                kind == .fiat || kind == .commodity ? .noChain(code: code) : .unknownChain(code: code)
            )
        }
        switch recognise(plain) {
        case .bitcoin(let address): return judge(address, asset)
        case .ethereum(let address):
            return asset.chain == .ethereum
                ? .valid(ChainAddress(asset: asset, content: .ethereum(address)))
                : .otherNetwork(.chain(.ethereum))
        case .other(let name): return .otherNetwork(.other(name))
        case .wrongChecksum: return .wrongChecksum
        case .fault(let fault): return .noAddress(fault)
        case .noForm: return .noAddress(nearestFault(plain, asset))
        }
    }

    // MARK: Whose it is

    private static func judge(_ found: BitcoinFind, _ asset: ChainAsset) -> AddressOutcome {
        if let match = found.candidates.first(where: { $0.chain == asset.chain && $0.purpose == .main }) {
            guard let address = BitcoinAddress(found.target, on: match) else { return .noAddress(.program) }
            return .valid(ChainAddress(asset: asset, content: .bitcoin(address)))
        }
        // Litecoin's old form is Bitcoin's: nobody can tell which was meant, so the new form must be written.
        if asset.chain == .litecoin, found.version == BitcoinNetwork.litecoin.oldScriptHashPrefix,
            let today = BitcoinAddress(found.target, on: .litecoin)
        {
            return .otherNetwork(.oldLitecoin(today: today.text))
        }
        if let main = found.candidates.first(where: { $0.purpose == .main }) {
            return .otherNetwork(.chain(main.chain))
        }
        guard found.candidates.count == 1, let only = found.candidates.first else {
            return .otherNetwork(.someTrial)
        }
        return .otherNetwork(.trial(only))
    }

    /// What a text is by its form alone.
    private enum Find {
        case bitcoin(BitcoinFind)
        case ethereum(EthereumAddress)
        /// An address of a chain that is known by name alone.
        case other(String)
        case wrongChecksum
        case fault(AddressFault)
        /// Of no known form; the reason depends on the currency.
        case noForm
    }

    /// An address of Bitcoin's family with the networks that write it so.
    private struct BitcoinFind {
        let target: BitcoinAddress.Target
        let candidates: [BitcoinNetwork]
        /// The first byte of a Base58Check address.
        let version: UInt8?
    }

    private static func recognise(_ text: String) -> Find {
        if let fault = secret(text) { return .fault(fault) }
        if text.hasPrefix("0x") || text.hasPrefix("0X") { return ethereum(text) }
        // First, because an address such as `LTC1…` may be Base58 as well; 32 bits of checksum tell.
        let base58Error: AddressTextError
        do throws(AddressTextError) {
            return base58(try Base58Check.decode(text))
        } catch {
            base58Error = error
        }
        let isBase58WithSlip = base58Error == .checksum && base58Lengths.contains(text.utf8.count)
        let lower = text.lowercased()
        if isBase58WithSlip, lower != text, text.uppercased() != text { return .wrongChecksum }
        let known = BitcoinNetwork.all.first { network in
            network.witnessPrefix.map { lower.hasPrefix($0 + "1") } ?? false
        }
        if let prefix = known?.witnessPrefix { return witness(text, prefix) }
        if lower.hasPrefix("bitcoincash:") { return .other("Bitcoin Cash") }
        if lower.hasPrefix("ltcmweb1") { return .fault(.hiddenAmounts) }
        if ["lnbc", "lntb", "lnurl1"].contains(where: { lower.hasPrefix($0) }) { return .fault(.invoice) }
        if isBase58WithSlip { return .wrongChecksum }
        do throws(AddressTextError) {
            return .fault(.prefix(try Bech32(text).prefix))
        } catch {
            return error == .checksum && bech32Lengths.contains(text.utf8.count) ? .wrongChecksum : .noForm
        }
    }

    private static func ethereum(_ text: String) -> Find {
        do throws(AddressTextError) {
            return .ethereum(try EthereumAddress(text))
        } catch {
            switch error {
            case .checksum: return .wrongChecksum
            case .character: return .fault(badCharacter(text, from: 2) { isHexadecimal($0) })
            default: return .fault(.digits(text.utf8.count - 2))
            }
        }
    }

    private static func witness(_ text: String, _ prefix: String) -> Find {
        let start = prefix.utf8.count + 1
        let fault = badCharacter(text, from: start) { $0.isASCII && Bech32.isDigit(UInt8($0.value)) }
        guard fault == .length else { return .fault(fault) }
        let parts: Bech32
        do throws(AddressTextError) {
            parts = try Bech32(text)
        } catch {
            switch error {
            case .checksum: return .wrongChecksum
            case .mixedCase: return .fault(.mixedCase)
            case .character, .tooLong, .tooShort, .noPrefix: return .fault(.length)
            }
        }
        guard let version = parts.values.first, version <= 16,
            let program = Bech32.join(Array(parts.values.dropFirst())),
            BitcoinAddress.isProgram(program.count, version: version)
        else { return .fault(.program) }
        // BIP 350: each version has one of the two checksums, and the other is a wrong one.
        guard parts.variant == (version == 0 ? .bech32 : .bech32m) else { return .wrongChecksum }
        let candidates = BitcoinNetwork.all.filter { $0.witnessPrefix == prefix }
        let target = BitcoinAddress.Target.witness(version: version, program: program)
        return .bitcoin(BitcoinFind(target: target, candidates: candidates, version: nil))
    }

    private static func base58(_ data: [UInt8]) -> Find {
        guard let version = data.first else { return .fault(.length) }
        if let name = others.first(where: { data.count == $0.bytes && data.starts(with: $0.prefix) })?.name {
            return .other(name)
        }
        guard data.count == 1 + BitcoinAddress.hashBytes else { return .fault(.length) }
        let hash = Array(data.dropFirst())
        let byKey = BitcoinNetwork.all.filter { $0.keyHashPrefix == version }
        if !byKey.isEmpty {
            return .bitcoin(BitcoinFind(target: .keyHash(hash), candidates: byKey, version: version))
        }
        let byScript = BitcoinNetwork.all.filter { network in
            network.scriptHashPrefix == version
                // On a main network the old form is never taken for the new one.
                || network.purpose != .main && network.oldScriptHashPrefix == version
        }
        guard !byScript.isEmpty else { return .fault(.version) }
        return .bitcoin(BitcoinFind(target: .scriptHash(hash), candidates: byScript, version: version))
    }

    /// Chains that Coffer only knows the looks of: the first bytes of their Base58Check addresses and all of them.
    private static let others: [(name: String, prefix: [UInt8], bytes: Int)] = [
        ("Dash", [0x4C], 21), ("Dash", [0x10], 21), ("TRON", [0x41], 21),
        ("Zcash", [0x1C, 0xB8], 22), ("Zcash", [0x1C, 0xBD], 22),
    ]

    // MARK: Faults

    /// A key by its form: such a text must not go on its way as an address does.
    private static func secret(_ text: String) -> AddressFault? {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : Substring(text)
        if digits.utf8.count == keyDigits, digits.unicodeScalars.allSatisfy({ isHexadecimal($0) }) {
            return .digits(keyDigits)
        }
        // Whatever else is wrong with the text is said later; only whole keys are looked for here.
        guard let data = try? Base58Check.decode(text), let first = data.first else { return nil }
        switch data.count {
        case 33, 34:
            let isImport = BitcoinNetwork.all.contains { $0.privateKeyPrefix == first }
            return isImport && (data.count == 33 || data.last == 1) ? .privateKey : nil
        // An encrypted private key (BIP 38).
        case 39: return data[0] == 1 && (data[1] == 0x42 || data[1] == 0x43) ? .privateKey : nil
        // An extended key (BIP 32): what follows 45 bytes is a zero and a private key, or a public key.
        case 78: return data[45] == 0 ? .privateKey : .extendedKey
        default: return nil
        }
    }

    /// The hexadecimal digits of a private key or of a transaction's id.
    private static let keyDigits = 64

    /// The fault of a text that is of no known form, from the view of one currency.
    private static func nearestFault(_ text: String, _ asset: ChainAsset) -> AddressFault {
        guard asset.chain != .ethereum else { return .noMarker }
        return badCharacter(text, from: 0) { $0.isASCII && Base58.isDigit(UInt8($0.value)) }
    }

    /// The first character from a place on that is not in order; `length` where there is none.
    private static func badCharacter(
        _ text: String,
        from start: Int,
        isFine: (Unicode.Scalar) -> Bool
    ) -> AddressFault {
        for (index, scalar) in text.unicodeScalars.enumerated() where index >= start && !isFine(scalar) {
            // Only visible ASCII is shown again: other scripts have characters that change how a line is read.
            return .character(isVisible(scalar) ? scalar : nil, place: index + 1)
        }
        return .length
    }

    /// The first character that no text of any chain's addresses has.
    private static func unusual(_ text: String) -> AddressFault? {
        let fault = badCharacter(text, from: 0) { isVisible($0) }
        return fault == .length ? nil : fault
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool { (0x21...0x7E).contains(scalar.value) }

    private static func isHexadecimal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "a"..."f", "A"..."F": true
        default: false
        }
    }

    private static func trimmed(_ text: String) -> String {
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { !blanks.contains($0) }),
            let last = bytes.lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
