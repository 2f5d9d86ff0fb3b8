import Money
import Testing
import TestSupport

@testable import Valuation

@Suite("Numbers of 128 significant bits")
private struct ScaledTests {
    /// Whether two numbers differ by less than a power of two of the second.
    private func isClose(_ left: Scaled, _ right: Scaled, bits: Int) -> Bool {
        let limit = right.magnitude.scaled(byPowerOfTwo: -bits)
        return (left - right).magnitude <= limit
    }

    private func random(_ generator: inout SplitMix64) -> Scaled {
        let raw = Int128(bitPattern: UInt128(generator.next()) << 64 | UInt128(generator.next()))
        let shift = Int128.random(in: 0...120, using: &generator)
        let number = Scaled(raw: raw >> shift)
        return number.scaled(byPowerOfTwo: Int.random(in: -200...200, using: &generator))
    }

    @Test
    func `whole numbers add, multiply and compare as integers do`() {
        var generator = SplitMix64(seed: 41)
        for _ in 0..<1500 {
            let shift = Int.random(in: 0...62, using: &generator)
            let left = Int(truncatingIfNeeded: generator.next()) >> shift
            let right = Int(truncatingIfNeeded: generator.next()) >> Int.random(in: 1...62, using: &generator)
            let product = Int128(left) * Int128(right)
            #expect(Scaled(left) * Scaled(right) == Scaled(raw: product))
            #expect(Scaled(left) + Scaled(right) == Scaled(raw: Int128(left) + Int128(right)))
            #expect(Scaled(left) - Scaled(right) == Scaled(raw: Int128(left) - Int128(right)))
            #expect((Scaled(left) < Scaled(right)) == (left < right))
            #expect(!(Scaled(left) < Scaled(left)))
            guard right != 0 else { continue }
            #expect(isClose(Scaled(raw: product) / Scaled(right), Scaled(left), bits: 125))
        }
    }

    @Test
    func `sums, products and quotients hold to the last bits`() {
        var generator = SplitMix64(seed: 42)
        for _ in 0..<1500 {
            let (a, b, c) = (random(&generator), random(&generator), random(&generator))
            #expect(a + b == b + a)
            #expect(a * b == b * a)
            #expect(isClose(a * b * c, a * (b * c), bits: 124))
            #expect(a - a == .zero)
            #expect(a.negated.negated == a)
            guard !b.isZero else { continue }
            #expect(isClose(a / b * b, a, bits: 124))
            #expect(isClose(a * b / b, a, bits: 124))
        }
        #expect(Scaled.zero * Scaled.one == .zero)
        #expect(Scaled.zero / Scaled.one == .zero)
        #expect(!Scaled.zero.negated.isNegative)
    }

    @Test
    func `amounts come back as they were`() throws {
        var generator = SplitMix64(seed: 43)
        for _ in 0..<1500 {
            let bits = UInt128(generator.next()) << 64 | UInt128(generator.next())
            let raw = Int128(bits >> UInt128.random(in: 6...127, using: &generator))
            let amount = Amount(unchecked: generator.next() & 1 == 0 ? raw : -raw)
            #expect(Scaled(amount).amount == amount)
        }
        #expect((Scaled(Amount(whole: 1)) / Scaled(3)).amount == (try Amount.parse("0.333333333333333333")))
        #expect((Scaled(Amount(whole: -2)) / Scaled(3)).amount == (try Amount.parse("-0.666666666666666667")))
        let count = Scaled(Amount(unchecked: 1))
        #expect((count * Scaled(7)).scaled(byPowerOfTwo: -2).amount == Amount(unchecked: 2))
        #expect((count * Scaled(5)).scaled(byPowerOfTwo: -2).amount == Amount(unchecked: 1))
        #expect((count * Scaled(3)).scaled(byPowerOfTwo: -3).amount == .zero)
        #expect(Scaled(10).power(20).amount == nil)
        #expect((Scaled(10).power(20) - .one).amount == (try Amount.parse("99999999999999999999")))
        #expect(Scaled(10).power(50).amount == nil)
        #expect((Scaled.one / Scaled(10).power(50)).amount == .zero)
    }

    @Test
    func `a root squared is the number`() {
        var generator = SplitMix64(seed: 44)
        for _ in 0..<500 {
            let number = random(&generator).magnitude
            let root = number.squareRoot
            #expect(isClose(root * root, number, bits: 120))
        }
        #expect(Scaled.zero.squareRoot == .zero)
        #expect(isClose(Scaled(144).squareRoot, Scaled(12), bits: 124))
        for number: UInt64 in [0, 1, 2, 3, 4, 8, 9, 15, 16, 1 << 62, (1 << 63) - 1, .max >> 1] {
            let root = Scaled.integerRoot(number)
            #expect(root * root <= number)
            #expect((root + 1) * (root + 1) > number)
        }
    }

    @Test
    func `logarithms and exponentials are those of the tables`() throws {
        func digits(_ number: Scaled, _ count: Int) -> String? {
            (number * Scaled(10).power(count)).amount?.description.split(separator: ".").first.map(
                String.init
            )
        }
        // OEIS A002162, A002392 and A001113, A002193.
        #expect(digits(Scaled(2).naturalLogarithm, 19) == "6931471805599453094")
        #expect(
            digits(Scaled(2).naturalLogarithm * Scaled(10).power(17) - Scaled(69_314_718_055_994_530), 17)
                == "94172321214581765"
        )
        #expect(digits(Scaled(10).naturalLogarithm, 19) == "23025850929940456840")
        #expect(digits(try #require(Scaled.one.exponential), 19) == "27182818284590452353")
        #expect(digits(Scaled.two.squareRoot, 19) == "14142135623730950488")
        #expect(Scaled.one.naturalLogarithm.isZero)
        #expect(Scaled.zero.exponential == .one)
        #expect(Scaled(10_000).exponential == nil)
    }

    @Test
    func `exponentials undo logarithms`() throws {
        var generator = SplitMix64(seed: 45)
        for _ in 0..<60 {
            let number = random(&generator).magnitude
            guard !number.isZero else { continue }
            let back = try #require(number.naturalLogarithm.exponential)
            #expect(isClose(back, number, bits: 108))
            let cube = try #require(number.power(3, over: 1))
            #expect(isClose(cube, number.power(3), bits: 106))
            let third = try #require(number.power(1, over: 3))
            #expect(isClose(third.power(3), number, bits: 106))
        }
    }

    @Test
    func `what has no meaning stops the program`() async {
        await #expect(processExitsWith: .failure) { _ = Scaled.one / Scaled.zero }
        await #expect(processExitsWith: .failure) { _ = Scaled(-1).squareRoot }
        await #expect(processExitsWith: .failure) { _ = Scaled.zero.naturalLogarithm }
        await #expect(processExitsWith: .failure) { _ = Scaled.one.power(-1) }
    }
}
