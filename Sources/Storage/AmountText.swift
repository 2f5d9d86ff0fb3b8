import Money

/// The canonical text of amounts, written and read in bare memory without a String in between.
enum AmountText {
    /// The most bytes of an amount: sign, 20 digits, point, 18 decimals.
    static let bytesMax = 40
    private static let unit: UInt128 = 1_000_000_000_000_000_000

    /// Writes an amount and says how many bytes it took, at most `bytesMax`.
    static func write(_ amount: Amount, to output: UnsafeMutableRawPointer) -> Int {
        let magnitude = amount.raw.magnitude
        let whole: UInt128
        var fraction: UInt64
        if let small = UInt64(exactly: magnitude) {
            whole = UInt128(small / 1_000_000_000_000_000_000)
            fraction = small % 1_000_000_000_000_000_000
        } else {
            let parts = magnitude.quotientAndRemainder(dividingBy: unit)
            whole = parts.quotient
            fraction = UInt64(truncatingIfNeeded: parts.remainder)
        }
        var end = 0
        if amount.isNegative {
            unsafe output.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
            end = 1
        }
        if let small = UInt64(exactly: whole) {
            end += unsafe write(small, width: digits(of: small), to: output + end)
        } else {
            // Below 10²⁰, so one leading part of one or two digits and eighteen more.
            let high = UInt64(truncatingIfNeeded: whole / unit)
            end += unsafe write(high, width: digits(of: high), to: output + end)
            end += unsafe write(UInt64(truncatingIfNeeded: whole % unit), width: 18, to: output + end)
        }
        guard fraction != 0 else { return end }
        var width = 18
        while fraction % 10 == 0 {
            fraction /= 10
            width -= 1
        }
        unsafe (output + end).storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
        return unsafe end + 1 + write(fraction, width: width, to: output + end + 1)
    }

    /// Reads a canonical amount; nil when the bytes are not one.
    static func read(_ bytes: UnsafeRawBufferPointer) -> Amount? {
        guard bytes.count > 0, bytes.count <= bytesMax else { return nil }
        var place = 0
        let isNegative = unsafe bytes[0] == UInt8(ascii: "-")
        if isNegative { place = 1 }
        var whole: UInt128 = 0
        var part: UInt64 = 0
        let first = place
        while place < bytes.count {
            let digit = unsafe bytes[place] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            part = part &* 10 &+ UInt64(digit)
            place += 1
            // Eighteen digits fit; the rest of at most two is added to them.
            if place - first == 18 {
                whole = UInt128(part)
                part = 0
            }
        }
        let wholeDigits = place - first
        guard wholeDigits > 0, wholeDigits <= 20 else { return nil }
        guard unsafe wholeDigits == 1 || bytes[first] != UInt8(ascii: "0") else { return nil }
        if wholeDigits > 18 {
            whole = whole * (wholeDigits == 19 ? 10 : 100) + UInt128(part)
        } else if wholeDigits < 18 {
            whole = UInt128(part)
        }
        var fraction: UInt64 = 0
        if place < bytes.count {
            let decimals = bytes.count - place - 1
            guard unsafe bytes[place] == UInt8(ascii: "."), decimals > 0, decimals <= 18,
                unsafe bytes[bytes.count - 1] != UInt8(ascii: "0")
            else { return nil }
            for index in place + 1..<bytes.count {
                let digit = unsafe bytes[index] &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                fraction = fraction &* 10 &+ UInt64(digit)
            }
            fraction &*= powers[18 - decimals]
        }
        let magnitude = Int128(whole &* unit &+ UInt128(fraction))
        guard !(isNegative && magnitude == 0) else { return nil }
        return Amount(unchecked: isNegative ? -magnitude : magnitude)
    }

    private static let powers: [UInt64] = (0...18).reduce(into: []) { powers, _ in
        powers.append((powers.last.map { $0 * 10 }) ?? 1)
    }

    private static func digits(of number: UInt64) -> Int {
        var count = 1
        var bound: UInt64 = 10
        while count < 20, number >= bound {
            count += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        return count
    }

    private static func write(_ number: UInt64, width: Int, to output: UnsafeMutableRawPointer) -> Int {
        var rest = number
        for place in (0..<width).reversed() {
            unsafe (output + place).storeBytes(
                of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10),
                as: UInt8.self
            )
            rest /= 10
        }
        return width
    }
}

extension Statement {
    /// The amount in a column, for rows that are not in a loop over millions.
    ///
    /// - Throws: `StorageError.Kind.corrupt` when it is none.
    func amount(_ column: Int32) throws(StorageError) -> Amount {
        guard let amount = unsafe AmountText.read(textBytes(column)) else {
            throw StorageError(.corrupt, operation: "reading an amount", detail: "it is no canonical decimal")
        }
        return amount
    }
}
