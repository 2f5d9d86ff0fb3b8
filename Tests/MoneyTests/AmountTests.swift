import Money
import TestSupport
import Testing

private let largest = Amount(unchecked: Amount.limit - 1)
private let smallest = Amount(unchecked: 1 - Amount.limit)
private let step = Amount(unchecked: 1)

@Suite("Amounts as text")
private struct AmountTextTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("+0.0", "0"), ("007", "7"), ("1.10", "1.1"), ("-12.50", "-12.5"),
        ("+3", "3"),
        ("0.000000000000000001", "0.000000000000000001"),
        ("-99999999999999999999.999999999999999999", "-99999999999999999999.999999999999999999"),
        ("18446744073709551615", "18446744073709551615"), ("18446744073709551616", "18446744073709551616"),
        ("99999999999999999999", "99999999999999999999"), ("0.1000000000000000000", "0.1"),
    ])
    func `a plain decimal is read exactly`(text: String, expected: String) throws {
        #expect(try Amount.parse(text).description == expected)
        #expect(try Amount.parse(Array(text.utf8)).description == expected)
        #expect(try Amount.parse(Array(text.utf8).span).description == expected)
        #expect(try Amount.parseScientific(text).description == expected)
        let (amount, rounded) = try Amount.parseRounding(text)
        #expect(amount.description == expected && !rounded)
    }

    static let refused = [
        "", "+", "-", ".", "1.", ".5", "-.5", "+1.", "--1", "+-1", "1-", " 1", "1 ", "1 000", "1,5",
        "1,000.00",
        "1'000", "1_000", "1..2", "1.2.3", "0x10", "NaN", "nan", "inf", "Infinity", "١٢", "１２", "1٫5", "€5",
        "5€",
        "−5", "1\u{0}", "\u{FEFF}1", "1\n", "½", "12345678901234567890x", "1.234567890123456789012x",
    ]

    @Test(arguments: refused)
    func `whatever else is refused with its text`(text: String) {
        #expect(throws: MoneyError.notANumber(text: text)) { try Amount.parse(text) }
        #expect(throws: MoneyError.notANumber(text: text)) { try Amount.parseScientific(text) }
        #expect(throws: MoneyError.notANumber(text: text)) { try Amount.parseRounding(text) }
    }

    @Test(arguments: ["1e5", "1E-2", "0e0"])
    func `exponents are refused where only plain decimals are taken`(text: String) {
        #expect(throws: MoneyError.notANumber(text: text)) { try Amount.parse(text) }
    }

    @Test(arguments: [
        "e5", "1e", "1e+", "1e-", "1e1.5", "1.e5", ".5e1", "1e 5", "1e5 ", "1ee5", "1e--5", "1e٣",
    ])
    func `faulty exponents are no numbers`(text: String) {
        #expect(throws: MoneyError.notANumber(text: text)) { try Amount.parseScientific(text) }
        #expect(throws: MoneyError.notANumber(text: text)) { try Amount.parseRounding(text) }
    }

    @Test func `a huge exponent is judged at once`() throws {
        let long = String(repeating: "9", count: 100_000)
        #expect(try Amount.parseScientific("0e\(long)").isZero)
        #expect(try Amount.parseScientific("0.000e-\(long)").isZero)
        for text in ["1e\(long)", "0.0001e\(long)"] {
            #expect(throws: MoneyError.outOfRange(text: String(text.prefix(80)))) {
                try Amount.parseScientific(text)
            }
        }
        #expect(throws: MoneyError.tooManyDecimals(text: String("1e-\(long)".prefix(80)))) {
            try Amount.parseScientific("1e-\(long)")
        }
        let (amount, rounded) = try Amount.parseRounding("1e-\(long)")
        #expect(amount.isZero && rounded)
    }

    @Test func `zeros and exponents that cancel out are exact`() throws {
        let zeros = String(repeating: "0", count: 100_000)
        #expect(try Amount.parseScientific("0.\(zeros)15e100001").description == "1.5")
        #expect(try Amount.parseScientific("15\(zeros)e-100001").description == "1.5")
        #expect(try Amount.parse(zeros + "1." + zeros).description == "1")
    }

    @Test func `the text in an error is cut`() {
        let cell = String(repeating: "x", count: 10_000_000)
        #expect(throws: MoneyError.notANumber(text: String(repeating: "x", count: 80))) {
            try Amount.parse(cell)
        }
    }

    @Test(arguments: [
        ("12.5", 2, "12.50"), ("12", 2, "12.00"), ("12.345", 2, "12.345"), ("0", 0, "0"), ("0", 1, "0.0"),
        ("-0.5", 3, "-0.500"), ("0.000000000000000001", 8, "0.000000000000000001"),
        ("7", 18, "7.000000000000000000"),
        ("-18446744073709551616.05", 2, "-18446744073709551616.05"), ("100000000000", 2, "100000000000.00"),
    ])
    func `decimals are padded to a least number`(text: String, minimum: Int, expected: String) throws {
        var bytes = Array(">".utf8)
        let amount = try Amount.parse(text)
        amount.render(into: &bytes, minimumDecimals: minimum)
        #expect(String(decoding: bytes, as: UTF8.self) == ">" + expected)
        let copied: [UInt8] = amount.withText(minimumDecimals: minimum) { span in
            var bytes: [UInt8] = []
            for index in span.indices { bytes.append(span[index]) }
            return bytes
        }
        #expect(String(decoding: copied, as: UTF8.self) == expected)
    }

    @Test(arguments: 1...8)
    func `every amount comes back from its text`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<2_000 {
            let raw = RandomAmount.raw(using: &generator)
            let amount = try Amount(raw: raw)
            let minimum = Int.random(in: 0...18, using: &generator)
            var bytes: [UInt8] = []
            amount.render(into: &bytes, minimumDecimals: minimum)
            #expect(try Amount.parse(bytes) == amount)
            #expect(
                String(decoding: bytes, as: UTF8.self) == RandomAmount.text(raw, minimumDecimals: minimum)
            )
            #expect(try Amount.parseScientific("\(raw)e-18") == amount)
        }
    }

    @Test(arguments: 1...4)
    func `random bytes never crash a parser`(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed) &* 31)
        let marks = Array("0123456789012345678900000.eE+-, x".utf8) + [0xFF]
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                marks[Int.random(in: 0..<marks.count, using: &generator)]
            }
            let plain = try? Amount.parse(bytes)
            let scientific = try? Amount.parseScientific(bytes.span)
            let rounded = try? Amount.parseRounding(bytes.span)
            // Each form takes all that the one before takes, with the same value.
            if let plain { #expect(scientific == plain) }
            if let scientific { #expect(rounded?.amount == scientific && rounded?.rounded == false) }
        }
    }
}

@Suite("Computing with amounts")
private struct AmountArithmeticTests {
    @Test func `the ends of the range are errors and never traps`() throws {
        #expect(throws: MoneyError.overflow) { try largest.adding(step) }
        #expect(throws: MoneyError.overflow) { try largest.adding(largest) }
        #expect(throws: MoneyError.overflow) { try smallest.adding(smallest) }
        #expect(throws: MoneyError.overflow) { try smallest.subtracting(step) }
        #expect(throws: MoneyError.overflow) { try smallest.subtracting(largest) }
        #expect(throws: MoneyError.overflow) { try largest.multiplied(by: largest) }
        #expect(throws: MoneyError.overflow) { try largest.multiplied(by: smallest) }
        #expect(throws: MoneyError.overflow) { try largest.divided(by: step) }
        #expect(throws: MoneyError.overflow) { try largest.multiplied(by: largest, dividedBy: step) }
        #expect(try largest.multiplied(by: largest, dividedBy: largest) == largest)
        #expect(try largest.multiplied(by: .one) == largest)
        #expect(try smallest.divided(by: .one) == smallest)
        #expect(largest.negated == smallest && smallest.magnitude == largest)
        #expect(throws: MoneyError.divisionByZero) { try largest.divided(by: .zero) }
        #expect(throws: MoneyError.divisionByZero) { try Amount.zero.multiplied(by: .zero, dividedBy: .zero) }
    }

    @Test func `counts beyond the range make no amount`() throws {
        #expect(try Amount(raw: Amount.limit - 1) == largest)
        for raw in [Amount.limit, -Amount.limit, .max, .min] {
            #expect(throws: MoneyError.overflow) { try Amount(raw: raw) }
        }
    }

    @Test func `whole counts of any size are multiplied and divided without a trap`() throws {
        let ends: [Int128] = [.min, .min + 1, -Amount.limit, -3, -1, 0, 1, 2, Amount.limit, .max - 1, .max]
        var generator = SplitMix64(seed: 5)
        let randoms = (0..<20).map { _ in Int128.random(in: .min ... .max, using: &generator) }
        for first in ends + randoms {
            for second in ends + randoms {
                for divisor in ends + randoms {
                    let result = try? Amount.multiplyDivide(first, second, dividedBy: divisor)
                    if divisor == 0
                        || (first != 0 && second == divisor && first.magnitude >= Amount.limit.magnitude)
                    {
                        #expect(result == nil)
                    }
                    if divisor != 0, second == divisor, first.magnitude < Amount.limit.magnitude {
                        #expect(result?.raw == first)
                    }
                }
            }
        }
    }

    @Test func `the largest quotient of all is an overflow even where it would round up`() {
        // With a = 2⁶³, b = 2⁶⁴ − 1 and c = (a + b − 1) ÷ 2 the product (2¹²⁷ − a)(2¹²⁷ − b) is 2⁶³ short of
        // 2¹²⁸(2¹²⁶ − c): the quotient is 2¹²⁸ − 1 and its rest more than half of the divisor.
        let first = Int128.max - (1 << 63) + 1
        let second = Int128.max - (1 << 64) + 2
        let divisor: Int128 = (1 << 126) - (1 << 62) - (1 << 63) + 1
        #expect(throws: MoneyError.overflow) { try Amount.multiplyDivide(first, second, dividedBy: divisor) }
    }

    @Test(arguments: [
        ("2.5", 0, "2"), ("3.5", 0, "4"), ("-2.5", 0, "-2"), ("-3.5", 0, "-4"),
        ("2.500000000000000001", 0, "3"),
        ("0.125", 2, "0.12"), ("0.135", 2, "0.14"), ("1.5", 18, "1.5"), ("0.000000000000000005", 17, "0"),
        ("99999999999999999999.4", 0, "99999999999999999999"),
    ])
    func `rounding goes to the even neighbour from the middle`(
        text: String,
        decimals: Int,
        expected: String
    ) throws {
        #expect(try Amount.parse(text).rounded(toDecimals: decimals).description == expected)
    }

    @Test func `rounding up to the limit is an overflow`() throws {
        for decimals in 0..<18 {
            #expect(throws: MoneyError.overflow) { try largest.rounded(toDecimals: decimals) }
            #expect(throws: MoneyError.overflow) { try smallest.rounded(toDecimals: decimals) }
        }
        #expect(try largest.rounded(toDecimals: 18) == largest)
    }

    @Test(arguments: 1...4)
    func `an amount fits the decimals that rounding leaves unchanged`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed) &* 991)
        for _ in 0..<500 {
            let amount = Amount(unchecked: RandomAmount.raw(using: &generator))
            for decimals in 0...18 {
                guard let rounded = try? amount.rounded(toDecimals: decimals) else { continue }
                #expect(amount.fits(decimals: decimals) == (rounded == amount))
                #expect(rounded.fits(decimals: decimals))
            }
        }
    }

    @Test func `amounts compare by value`() throws {
        #expect(try Amount.parse("-2") < Amount.parse("-1.5"))
        #expect(smallest < .zero && .zero < largest && !(Amount.one < .one))
        #expect(Amount(whole: .min).description == "-2147483648")
        #expect(Amount.zero.isZero && step.isPositive && step.negated.isNegative)
    }

    @Test func `decimals outside 0 to 18 stop the program`() async {
        await #expect(processExitsWith: .failure) { _ = try Amount.one.rounded(toDecimals: 19) }
        await #expect(processExitsWith: .failure) { _ = Amount.one.fits(decimals: -1) }
        await #expect(processExitsWith: .failure) {
            var bytes: [UInt8] = []
            Amount.one.render(into: &bytes, minimumDecimals: 19)
        }
    }
}

@Suite("Sums of products")
private struct ProductSumTests {
    @Test func `nothing sums to zero`() throws {
        #expect(try ProductSum().total() == .zero)
        #expect(throws: MoneyError.divisionByZero) { try ProductSum().total(dividedBy: .zero) }
    }

    @Test func `thirds of the last place are not lost one by one`() throws {
        var sum = ProductSum()
        let third = try Amount.parse("0.3")
        for _ in 0..<10 { sum.add(step, third) }
        #expect(try sum.total().raw == 3)
        #expect(try step.multiplied(by: third) == .zero)
    }

    @Test func `sums beyond 256 bits come back into range`() throws {
        var sum = ProductSum()
        for _ in 0..<1_000 { sum.add(largest, largest) }
        #expect(throws: MoneyError.overflow) { try sum.total() }
        for _ in 0..<1_000 { sum.add(smallest, largest) }
        sum.add(Amount(whole: -7))
        #expect(try sum.total() == Amount(whole: -7))
        for _ in 0..<1_000 { sum.add(smallest, largest) }
        #expect(throws: MoneyError.overflow) { try sum.total() }
        #expect(throws: MoneyError.overflow) { try sum.total(dividedBy: largest) }
        for _ in 0..<1_000 { sum.add(largest, largest) }
        #expect(try sum.total() == Amount(whole: -7))
    }

    @Test(arguments: 1...4)
    func `parts of a sum add up to the whole, in any order`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed) &* 17)
        let pairs = (0..<50).map { _ in
            (
                Amount(unchecked: RandomAmount.raw(using: &generator)),
                Amount(unchecked: RandomAmount.raw(using: &generator))
            )
        }
        var whole = ProductSum()
        for pair in pairs { whole.add(pair.0, pair.1) }
        var parts = (0..<3).map { _ in ProductSum() }
        for pair in pairs.shuffled(using: &generator) {
            parts[Int.random(in: 0..<3, using: &generator)].add(pair.1, pair.0)
        }
        var together = ProductSum()
        for part in parts { together.add(part) }
        #expect(together == whole)
    }
}

/// Random counts of every length, and their texts by way of the standard library's slow digits.
enum RandomAmount {
    static func raw(using generator: inout SplitMix64) -> Int128 {
        var limit: Int128 = 1
        for _ in 0..<Int.random(in: 0...38, using: &generator) { limit *= 10 }
        let raw = Int128.random(in: 0..<limit, using: &generator)
        // Many amounts in life have few decimals.
        var unit: Int128 = 1
        for _ in 0..<Int.random(in: 0...18, using: &generator) { unit *= 10 }
        let trimmed = Bool.random(using: &generator) ? raw : raw / unit * unit
        return Bool.random(using: &generator) ? trimmed : -trimmed
    }

    static func text(_ raw: Int128, minimumDecimals: Int) -> String {
        var digits = String(raw.magnitude)
        digits = String(repeating: "0", count: max(0, 19 - digits.count)) + digits
        var decimals = String(digits.suffix(18))
        while decimals.count > minimumDecimals, decimals.hasSuffix("0") { decimals.removeLast() }
        return (raw < 0 ? "-" : "") + digits.dropLast(18) + (decimals.isEmpty ? "" : "." + decimals)
    }
}
