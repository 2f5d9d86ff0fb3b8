import Money
import TestSupport
import Testing

@Suite("Rates")
private struct RateTests {
    private let largest = Amount(unchecked: Amount.limit - 1)
    private let step = Amount(unchecked: 1)

    @Test func `a rate needs two parts above zero`() {
        for (numerator, denominator) in [
            (Amount.zero, Amount.one), (.one, .zero), (.one.negated, .one), (.one, .one.negated),
        ] {
            #expect(throws: MoneyError.divisionByZero) {
                try Rate(numerator: numerator, denominator: denominator)
            }
        }
        #expect(throws: MoneyError.divisionByZero) { try Rate(price: .zero) }
    }

    @Test func `inverting is exact, where eighteen decimals are not`() throws {
        let rate = try Rate(price: Amount.parse("0.000000012345678901"))
        #expect(rate.inverted.inverted == rate)
        let amount = try Amount.parse("0.012345678901")
        #expect(try rate.inverted.convert(amount) == Amount.parse("1000000"))
        let three = try Rate(price: Amount(whole: 3))
        #expect(try three.inverted.convert(Amount(whole: 3)) == .one)
        #expect(try three.convert(three.inverted.convert(.one)).description == "0.999999999999999999")
    }

    @Test func `conversion rounds half-even once`() throws {
        let half = try Rate(numerator: .one, denominator: Amount(whole: 2))
        #expect(try half.convert(Amount(unchecked: 1)).raw == 0)
        #expect(try half.convert(Amount(unchecked: 3)).raw == 2)
        #expect(try half.convert(Amount(unchecked: -3)).raw == -2)
        #expect(try half.convert(Amount(unchecked: 5)).raw == 2)
        #expect(try Rate.identity.convert(largest) == largest)
    }

    @Test func `the ends of the range are errors and never traps`() throws {
        let highest = try Rate(numerator: largest, denominator: step)
        #expect(throws: MoneyError.overflow) { try highest.convert(largest) }
        #expect(throws: MoneyError.overflow) { try highest.convert(largest.negated) }
        #expect(throws: MoneyError.overflow) { try highest.convert(.one) }
        #expect(try highest.convert(step) == largest)
        #expect(try highest.convert(.zero) == .zero)
        #expect(try highest.inverted.convert(largest) == step)
        #expect(try Rate(price: largest).convert(.one.negated) == largest.negated)
        #expect(throws: MoneyError.overflow) {
            try Rate(price: largest).convert(Amount.parse("1.000000000000000001"))
        }
    }

    @Test(arguments: 1...4)
    func `there and back is off by no more than the rounding allows`(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<500 {
            let price = Amount(unchecked: Int128.random(in: 1...Amount.one.raw * 100_000, using: &generator))
            let amount = Amount(
                unchecked: Int128.random(in: 0...Amount.one.raw * 1_000_000, using: &generator)
            )
            let rate = try Rate(price: price)
            guard let there = try? rate.convert(amount) else { continue }
            let error = try rate.inverted.convert(there).subtracting(amount).magnitude
            // Half a count of the quote is worth half of 1 / price counts of the base; one more for the way back.
            let allowed = Amount.one.raw / (2 * price.raw) + 2
            #expect(error.raw <= allowed)
        }
    }
}
