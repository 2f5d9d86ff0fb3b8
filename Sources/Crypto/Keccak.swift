/// The sponge of FIPS 202 over Keccak-f[1600] with a capacity of 512 bits, which gives digests of 256 bits.
struct KeccakSponge {
    /// The bytes that one block takes in: 1600 − 512 bits.
    static let blockBytes = 136

    /// What is put behind the message to tell functions apart (FIPS 202, section 6.1 and appendix B.2).
    enum Padding: UInt8 {
        /// Keccak as it was handed in, before FIPS 202 added two bits; what Ethereum uses.
        case original = 0x01
        /// SHA-3.
        case standard = 0x06
    }

    /// The lane of column x and row y lies at x + 5·y (FIPS 202, section 3.1.2).
    private var lanes = InlineArray<25, UInt64>(repeating: 0)

    /// The digest of a whole message.
    static func digest(_ message: RawSpan, padding: Padding) -> Digest256 {
        var sponge = KeccakSponge()
        var start = 0
        while message.byteCount - start >= blockBytes {
            for place in 0..<blockBytes { sponge.mix(byte(message, start + place), at: place) }
            sponge.permute()
            start += blockBytes
        }
        let rest = message.byteCount - start
        for place in 0..<rest { sponge.mix(byte(message, start + place), at: place) }
        sponge.mix(padding.rawValue, at: rest)
        sponge.mix(0x80, at: blockBytes - 1)
        sponge.permute()
        return Digest256(words: [sponge.lanes[0], sponge.lanes[1], sponge.lanes[2], sponge.lanes[3]])
    }

    private static func byte(_ message: RawSpan, _ offset: Int) -> UInt8 {
        // Every value of a byte is a UInt8, and the offset is checked.
        unsafe message.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Adds a byte of the block; lanes are little-endian.
    private mutating func mix(_ byte: UInt8, at place: Int) {
        lanes[place >> 3] ^= UInt64(byte) << UInt64(8 * (place & 7))
    }

    /// The 24 rounds of Keccak-f[1600] (FIPS 202, section 3.3).
    private mutating func permute() {
        for constant in KeccakSponge.roundConstants {
            mixColumns()
            moveLanes()
            mixRows()
            lanes[0] ^= constant
        }
    }

    /// θ: each lane takes in the parities of the columns on either side (section 3.2.1).
    private mutating func mixColumns() {
        var parity = InlineArray<5, UInt64>(repeating: 0)
        for x in 0..<5 {
            parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
        }
        for x in 0..<5 {
            let mixed = parity[(x + 4) % 5] ^ KeccakSponge.rotated(parity[(x + 1) % 5], by: 1)
            for row in 0..<5 { lanes[x + 5 * row] ^= mixed }
        }
    }

    /// ρ and π: each lane is rotated and goes to the place of the next one on one walk over all but the first
    /// (sections 3.2.2 and 3.2.3).
    private mutating func moveLanes() {
        var x = 1
        var y = 0
        var carried = lanes[1]
        for step in 0..<24 {
            (x, y) = (y, (2 * x + 3 * y) % 5)
            let next = lanes[x + 5 * y]
            lanes[x + 5 * y] = KeccakSponge.rotated(carried, by: (step + 1) * (step + 2) / 2 % 64)
            carried = next
        }
    }

    /// χ: the step that is not linear (section 3.2.4).
    private mutating func mixRows() {
        for row in stride(from: 0, to: 25, by: 5) {
            let first = lanes[row]
            let second = lanes[row + 1]
            for x in 0..<3 { lanes[row + x] ^= ~lanes[row + x + 1] & lanes[row + x + 2] }
            lanes[row + 3] ^= ~lanes[row + 4] & first
            lanes[row + 4] ^= ~first & second
        }
    }

    private static func rotated(_ lane: UInt64, by bits: Int) -> UInt64 {
        bits == 0 ? lane : lane << UInt64(bits) | lane >> UInt64(64 - bits)
    }

    /// ι: one constant for each round, its bits from a feedback register (section 3.2.5, algorithm 5).
    static let roundConstants: [UInt64] = {
        var register: UInt8 = 1
        return (0..<24).map { _ in
            var constant: UInt64 = 0
            for power in 0..<7 {
                if register & 1 == 1 { constant |= 1 << UInt64((1 << power) - 1) }
                // x⁸ = x⁶ + x⁵ + x⁴ + 1
                register = register << 1 ^ (register >> 7 == 1 ? 0x71 : 0)
            }
            return constant
        }
    }()
}

extension Digest {
    /// Keccak-256 with the padding that it had before FIPS 202 made SHA-3 of it, as Ethereum uses it.
    ///
    /// Not SHA3-256, whose digests differ. Written here because libcrypto before 3.2 does not have it.
    public static func keccak256(_ bytes: RawSpan) -> Digest256 {
        KeccakSponge.digest(bytes, padding: .original)
    }

    /// Keccak-256 with the padding that it had before FIPS 202; as the other.
    public static func keccak256(_ bytes: [UInt8]) -> Digest256 {
        unsafe keccak256(bytes.span.bytes)
    }
}
