import Crypto
import Ledger
import Money
import Time

/// The bytes of one entry: the canonical form that its digest is taken over, and the texts of its amounts.
///
/// Canonical form: version, user, time, kind, legs present, each leg as amount, asset and account, the value, five
/// texts, each number and text with its length before it, so that no two contents have the same bytes; then the
/// occurrence. Accounts and assets go in by number, which never changes within one database. The entry's own number,
/// its import and its event are not content: the same file brings them anew each time.
@safe
final class EntryEncoder {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var end = 0
    private static let formVersion: UInt8 = 1
    /// Room for everything but the texts.
    private static let fixedBytesMax = 512

    /// Where a text stands in the encoder's bytes; nothing was stored where the count is zero.
    struct Place {
        var start = 0
        var count = 0
    }

    private(set) var amounts: (incoming: Place, outgoing: Place, fee: Place, value: Place) =
        (Place(), Place(), Place(), Place())
    private(set) var texts: (reference: Place, exchange: Place, group: Place, comment: Place, lot: Place) =
        (Place(), Place(), Place(), Place(), Place())
    private var contentEnd = 0

    init() {
        capacity = 4096
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        unsafe memory.deallocate()
    }

    /// The start of the bytes, valid until the next entry.
    var base: UnsafeRawPointer { unsafe UnsafeRawPointer(memory) }

    // MARK: Encoding

    /// Encodes everything but the texts, whose bytes the caller adds in order, and begins with none.
    func begin(user: UserID, entry: borrowing Entry, textBytes: Int) {
        let needed = EntryEncoder.fixedBytesMax + textBytes
        if needed > capacity {
            unsafe memory.deallocate()
            capacity = needed * 2
            unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        }
        end = 0
        put(EntryEncoder.formVersion)
        put(UInt64(bitPattern: user.raw))
        put(UInt64(bitPattern: entry.time.microseconds))
        put(entry.kind.rawValue)
        var present: UInt8 = 0
        if entry.incoming != nil { present |= 1 }
        if entry.outgoing != nil { present |= 2 }
        if entry.fee != nil { present |= 4 }
        if entry.value != nil { present |= 8 }
        put(present)
        if let leg = entry.incoming { put(leg) }
        if let leg = entry.outgoing { put(leg) }
        if let leg = entry.fee { put(leg) }
        if let value = entry.value {
            put(magnitudeOf: value.amount)
            put(UInt64(value.asset.raw), bytes: 4)
        }
    }

    /// Adds the next text.
    func put(text: UnsafeRawBufferPointer) -> Place {
        put(UInt64(text.count), bytes: text.count < 255 ? 1 : 0)
        if text.count >= 255 {
            put(UInt8(255))
            put(UInt64(text.count))
        }
        let start = end
        if let source = text.baseAddress {
            unsafe (memory + end).copyMemory(from: source, byteCount: text.count)
        }
        end += text.count
        return Place(start: start, count: text.count)
    }

    private func put(text: String) -> Place {
        guard !text.isEmpty else {
            put(UInt8(0))
            return Place()
        }
        var text = text
        return text.withUTF8 { unsafe put(text: UnsafeRawBufferPointer($0)) }
    }

    /// Encodes a whole entry.
    func encode(user: UserID, entry: borrowing Entry, texts given: borrowing EntryTexts) {
        let textBytes =
            given.reference.utf8.count + given.exchange.utf8.count + given.group.utf8.count
            + given.comment.utf8.count + given.lot.utf8.count
        begin(user: user, entry: entry, textBytes: textBytes)
        texts.reference = put(text: given.reference)
        texts.exchange = put(text: given.exchange)
        texts.group = put(text: given.group)
        texts.comment = put(text: given.comment)
        texts.lot = put(text: given.lot)
        finishContent()
    }

    /// Ends the content, after the texts.
    func finishContent() {
        contentEnd = end
    }

    /// The digest of the content in its n-th occurrence, counted from 0.
    func digest(occurrence: UInt32) -> Digest128 {
        end = contentEnd
        put(UInt64(occurrence), bytes: 4)
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(memory), byteCount: end)
        return Digest.blake2b128(bytes)
    }

    /// Writes the texts of the amounts behind the content and the occurrence.
    func renderAmounts(of entry: borrowing Entry) {
        // Numbers are stored eight bytes wide even where fewer count, so the occurrence needs eight.
        end = contentEnd + 8
        amounts.incoming = render(entry.incoming?.amount)
        amounts.outgoing = render(entry.outgoing?.amount)
        amounts.fee = render(entry.fee?.amount)
        amounts.value = render(entry.value?.amount)
    }

    private func render(_ amount: Amount?) -> Place {
        guard let amount else { return Place() }
        let start = end
        end += unsafe AmountText.write(amount, to: memory + end)
        return Place(start: start, count: end - start)
    }

    private func put(_ leg: Leg) {
        put(magnitudeOf: leg.amount)
        put(UInt64(leg.asset.raw), bytes: 4)
        put(UInt64(leg.account?.raw ?? 0), bytes: 4)
    }

    /// A number's length, with its sign above, then its bytes without leading zeros.
    private func put(magnitudeOf amount: Amount) {
        let magnitude = amount.raw.magnitude
        let count = (135 - magnitude.leadingZeroBitCount) / 8
        put(UInt8(count) | (amount.isNegative ? 0x80 : 0))
        unsafe (memory + end).storeBytes(of: magnitude.littleEndian, as: UInt128.self)
        end += count
    }

    private func put(_ byte: UInt8) {
        unsafe (memory + end).storeBytes(of: byte, as: UInt8.self)
        end += 1
    }

    private func put(_ number: UInt64, bytes: Int = 8) {
        unsafe (memory + end).storeBytes(of: number.littleEndian, as: UInt64.self)
        end += bytes
    }
}
