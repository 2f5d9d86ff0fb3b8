/// Products and quotients beyond 256 bits, for chains of rates that are rounded once at the end.
///
/// Numbers are little-endian 64-bit limbs. Only chains whose factors do not cancel come here, so plain arrays do.
enum WideQuotient {
    /// The product of the numerators over the product of the denominators, rounded half-even.
    ///
    /// Nil when the quotient needs more than 128 bits. The denominators must be above zero.
    static func rounded(_ numerators: [UInt128], over denominators: [UInt128]) -> UInt128? {
        rounded([1], times: numerators, over: denominators)
    }

    /// The same with a further factor of any number of limbs.
    static func rounded(
        _ factor: [UInt64],
        times numerators: [UInt128],
        over denominators: [UInt128]
    ) -> UInt128? {
        let dividend = product(trimmed(factor), product(numerators))
        let divisor = product(denominators)
        precondition(!divisor.isEmpty, "a rate's denominator is above zero")
        let (quotient, remainder) = divide(dividend, by: divisor)
        guard quotient.count <= 2 else { return nil }
        let low = quotient.isEmpty ? 0 : UInt128(quotient[0])
        let high = quotient.count < 2 ? 0 : UInt128(quotient[1])
        let whole = high << 64 | low
        let comparison = compare(doubled(remainder), divisor)
        guard comparison > 0 || (comparison == 0 && whole & 1 == 1) else { return whole }
        let (up, overflow) = whole.addingReportingOverflow(1)
        return overflow ? nil : up
    }

    /// The product without leading zero limbs; zero is the empty list.
    static func product(_ factors: [UInt128]) -> [UInt64] {
        var result: [UInt64] = [1]
        for factor in factors {
            let limbs = [UInt64(truncatingIfNeeded: factor), UInt64(truncatingIfNeeded: factor >> 64)]
            result = product(result, trimmed(limbs))
        }
        return trimmed(result)
    }

    static func product(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: left.count + right.count)
        for (i, x) in left.enumerated() {
            var carry: UInt64 = 0
            for (j, y) in right.enumerated() {
                // (2⁶⁴−1)² + 2·(2⁶⁴−1) = 2¹²⁸−1, so this never overflows.
                let sum = UInt128(x) * UInt128(y) + UInt128(result[i + j]) + UInt128(carry)
                result[i + j] = UInt64(truncatingIfNeeded: sum)
                carry = UInt64(truncatingIfNeeded: sum >> 64)
            }
            result[i + right.count] = carry
        }
        return trimmed(result)
    }

    /// Schoolbook long division: Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D.
    static func divide(
        _ dividend: [UInt64],
        by divisor: [UInt64]
    ) -> (quotient: [UInt64], remainder: [UInt64]) {
        guard compare(dividend, divisor) >= 0 else { return ([], dividend) }
        guard divisor.count > 1 else { return divide(dividend, byLimb: divisor[0]) }
        let shift = divisor[divisor.count - 1].leadingZeroBitCount
        let v = shiftedLeft(divisor, by: shift)
        var u = shiftedLeft(dividend, by: shift)
        if u.count == dividend.count { u.append(0) }
        let n = v.count
        var quotient = [UInt64](repeating: 0, count: u.count - n)
        for j in stride(from: u.count - n - 1, through: 0, by: -1) {
            quotient[j] = subtractMultiple(of: v, from: &u, at: j)
        }
        return (trimmed(quotient), shiftedRight(trimmed(u), by: shift))
    }

    /// Steps D3 to D6: estimates one limb of the quotient, subtracts, and corrects the estimate.
    private static func subtractMultiple(of v: [UInt64], from u: inout [UInt64], at j: Int) -> UInt64 {
        let n = v.count
        let base = UInt128(1) << 64
        let top = UInt128(u[j + n]) << 64 | UInt128(u[j + n - 1])
        var (estimate, rest) = top.quotientAndRemainder(dividingBy: UInt128(v[n - 1]))
        while estimate >= base || estimate * UInt128(v[n - 2]) > rest << 64 | UInt128(u[j + n - 2]) {
            estimate -= 1
            rest += UInt128(v[n - 1])
            if rest >= base { break }
        }
        var carry: UInt128 = 0
        var borrow: UInt64 = 0
        for i in 0..<n {
            let multiple = estimate * UInt128(v[i]) + carry
            carry = multiple >> 64
            let (first, borrowed) = u[i + j].subtractingReportingOverflow(
                UInt64(truncatingIfNeeded: multiple)
            )
            let (second, again) = first.subtractingReportingOverflow(borrow)
            u[i + j] = second
            borrow = borrowed || again ? 1 : 0
        }
        let (first, borrowed) = u[j + n].subtractingReportingOverflow(UInt64(truncatingIfNeeded: carry))
        let (second, again) = first.subtractingReportingOverflow(borrow)
        u[j + n] = second
        guard borrowed || again else { return UInt64(truncatingIfNeeded: estimate) }
        var carried = false
        for i in 0..<n {
            let (sum, over) = u[i + j].addingReportingOverflow(v[i])
            let (total, more) = sum.addingReportingOverflow(carried ? 1 : 0)
            u[i + j] = total
            carried = over || more
        }
        // The carry out of the top cancels the borrow: wrapping is the algorithm here.
        u[j + n] = u[j + n] &+ (carried ? 1 : 0)
        return UInt64(truncatingIfNeeded: estimate - 1)
    }

    private static func divide(
        _ dividend: [UInt64],
        byLimb divisor: UInt64
    ) -> (quotient: [UInt64], remainder: [UInt64]) {
        var quotient = dividend
        var rest: UInt64 = 0
        for place in dividend.indices.reversed() {
            (quotient[place], rest) = divisor.dividingFullWidth((rest, dividend[place]))
        }
        return (trimmed(quotient), trimmed([rest]))
    }

    /// Below zero when left is smaller, zero when equal; both without leading zero limbs.
    static func compare(_ left: [UInt64], _ right: [UInt64]) -> Int {
        guard left.count == right.count else { return left.count < right.count ? -1 : 1 }
        for place in left.indices.reversed() where left[place] != right[place] {
            return left[place] < right[place] ? -1 : 1
        }
        return 0
    }

    static func doubled(_ number: [UInt64]) -> [UInt64] {
        shiftedLeft(number, by: 1)
    }

    private static func shiftedLeft(_ number: [UInt64], by bits: Int) -> [UInt64] {
        guard bits > 0 else { return number }
        var result: [UInt64] = []
        result.reserveCapacity(number.count + 1)
        var carry: UInt64 = 0
        for limb in number {
            result.append(limb << UInt64(bits) | carry)
            carry = limb >> UInt64(64 - bits)
        }
        if carry != 0 { result.append(carry) }
        return result
    }

    private static func shiftedRight(_ number: [UInt64], by bits: Int) -> [UInt64] {
        guard bits > 0 else { return number }
        var result = number
        for place in number.indices {
            let above = place + 1 < number.count ? number[place + 1] << UInt64(64 - bits) : 0
            result[place] = number[place] >> UInt64(bits) | above
        }
        return trimmed(result)
    }

    private static func trimmed(_ number: [UInt64]) -> [UInt64] {
        var result = number
        while result.last == 0 { result.removeLast() }
        return result
    }
}
