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

    /// Encodes everything but the texts, whose bytes follow in order.
    func begin(user: UserID, entry: borrowing Entry, textBytes: Int) {
        let needed = EntryEncoder.fixedBytesMax + textBytes
        if needed > capacity {
            unsafe memory.deallocate()
            capacity = needed * 2
            unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        }
        // A local writer: each access to a property of a class is checked for overlaps, which would cost more than
        // the writing.
        var output = unsafe ByteWriter(memory: memory, end: 0)
        output.put(EntryEncoder.formVersion)
        output.put(UInt64(bitPattern: user.raw))
        output.put(UInt64(bitPattern: entry.time.microseconds))
        output.put(entry.kind.rawValue)
        var present: UInt8 = 0
        if entry.incoming != nil { present |= 1 }
        if entry.outgoing != nil { present |= 2 }
        if entry.fee != nil { present |= 4 }
        if entry.value != nil { present |= 8 }
        output.put(present)
        if let leg = entry.incoming { output.put(leg) }
        if let leg = entry.outgoing { output.put(leg) }
        if let leg = entry.fee { output.put(leg) }
        if let value = entry.value {
            output.put(magnitudeOf: value.amount)
            output.put(UInt64(value.asset.raw), bytes: 4)
        }
        end = output.end
    }

    /// Adds the next text.
    func put(text: UnsafeRawBufferPointer) -> Place {
        var output = unsafe ByteWriter(memory: memory, end: end)
        let place = unsafe output.put(text: text)
        end = output.end
        return place
    }

    private func put(text: String) -> Place {
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
        var output = unsafe ByteWriter(memory: memory, end: contentEnd)
        output.put(UInt64(occurrence), bytes: 4)
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(memory), byteCount: output.end)
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
        let count = unsafe AmountText.write(amount, to: memory + start)
        end = start + count
        return Place(start: start, count: count)
    }
}

/// Writes numbers and texts one after the other into memory that is known to be large enough.
@safe
private struct ByteWriter {
    let memory: UnsafeMutableRawPointer
    var end: Int

    mutating func put(_ leg: Leg) {
        put(magnitudeOf: leg.amount)
        put(UInt64(leg.asset.raw), bytes: 4)
        put(UInt64(leg.account?.raw ?? 0), bytes: 4)
    }

    /// A number's length, with its sign above, then its bytes without leading zeros.
    mutating func put(magnitudeOf amount: Amount) {
        let magnitude = amount.raw.magnitude
        let count = (135 - magnitude.leadingZeroBitCount) / 8
        put(UInt8(count) | (amount.isNegative ? 0x80 : 0))
        unsafe (memory + end).storeBytes(of: magnitude.littleEndian, as: UInt128.self)
        end += count
    }

    mutating func put(_ byte: UInt8) {
        unsafe (memory + end).storeBytes(of: byte, as: UInt8.self)
        end += 1
    }

    mutating func put(_ number: UInt64, bytes: Int = 8) {
        unsafe (memory + end).storeBytes(of: number.littleEndian, as: UInt64.self)
        end += bytes
    }

    /// A text's length in one byte, or in eight behind a 255, then its bytes.
    mutating func put(text: UnsafeRawBufferPointer) -> EntryEncoder.Place {
        let count = text.count
        if count < 255 {
            put(UInt8(count))
        } else {
            put(UInt8(255))
            put(UInt64(count))
        }
        let start = end
        if let source = text.baseAddress {
            unsafe (memory + end).copyMemory(from: source, byteCount: count)
        }
        end += count
        return EntryEncoder.Place(start: start, count: count)
    }
}
