import Money
import TestSupport
import Testing

/// The cases that Python's `decimal` worked out, read from the source tree.
private enum Vectors {
    private static let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")

    /// The fields of all lines of one operation.
    static func cases(_ operation: String) throws -> [[String]] {
        try SourceFile.lines("/\(folder)/Vectors/amounts.txt")
            .map { $0.split(separator: " ").map(String.init) }
            .filter { $0.first == operation }
            .map { Array($0.dropFirst()) }
    }
}

@Suite("Amounts against Python's decimal")
private struct AmountVectorTests {
    /// The result as the vectors word it.
    private func outcome(_ compute: () throws(MoneyError) -> Amount) -> String {
        do throws(MoneyError) {
            return try compute().description
        } catch {
            return switch error {
            case .overflow: "overflow"
            case .divisionByZero: "divisionByZero"
            case .notANumber: "notANumber"
            case .tooManyDecimals: "tooManyDecimals"
            case .outOfRange: "outOfRange"
            }
        }
    }

    private func check(
        _ operation: String,
        atLeast count: Int,
        _ compute: ([String]) throws(MoneyError) -> Amount
    ) throws {
        let cases = try Vectors.cases(operation)
        #expect(cases.count >= count, "the file of vectors is cut")
        for fields in cases {
            let expected = try #require(fields.last)
            let found = outcome { () throws(MoneyError) -> Amount in try compute(Array(fields.dropLast())) }
            #expect(found == expected, "\(operation) \(fields.joined(separator: " "))")
        }
    }

    @Test func `plain decimals are read and printed`() throws {
        try check("parse", atLeast: 480) { fields throws(MoneyError) in try Amount.parse(fields[0]) }
    }

    @Test func `exponents are evaluated exactly`() throws {
        try check("scientific", atLeast: 520) { fields throws(MoneyError) in
            try Amount.parseScientific(fields[0])
        }
    }

    @Test func `prices are rounded half-even`() throws {
        try check("rounding", atLeast: 520) { fields throws(MoneyError) in
            try Amount.parseRounding(fields[0]).amount
        }
    }

    @Test func `a price is rounded exactly if it has no exact amount`() throws {
        for fields in try Vectors.cases("rounding") where fields[1] != "outOfRange" {
            let isExact = (try? Amount.parseScientific(fields[0])) != nil
            #expect(try Amount.parseRounding(fields[0]).rounded == !isExact, "\(fields[0])")
        }
    }

    @Test func `sums and differences`() throws {
        try check("add", atLeast: 250) { fields throws(MoneyError) in
            try Amount.parse(fields[0]).adding(Amount.parse(fields[1]))
        }
        try check("subtract", atLeast: 250) { fields throws(MoneyError) in
            try Amount.parse(fields[0]).subtracting(Amount.parse(fields[1]))
        }
    }

    @Test func `products and quotients`() throws {
        try check("multiply", atLeast: 450) { fields throws(MoneyError) in
            try Amount.parse(fields[0]).multiplied(by: Amount.parse(fields[1]))
        }
        try check("divide", atLeast: 450) { fields throws(MoneyError) in
            try Amount.parse(fields[0]).divided(by: Amount.parse(fields[1]))
        }
        try check("muldiv", atLeast: 400) { fields throws(MoneyError) in
            try Amount.parse(fields[0]).multiplied(
                by: Amount.parse(fields[1]),
                dividedBy: Amount.parse(fields[2])
            )
        }
    }

    @Test func `rounding at every number of decimals`() throws {
        try check("round", atLeast: 900) { fields throws(MoneyError) in
            try Amount.parse(fields[0]).rounded(toDecimals: Int(fields[1]) ?? -1)
        }
    }

    @Test func `sums of products are rounded once`() throws {
        try check("sum", atLeast: 60) { fields throws(MoneyError) in try sum(fields).total() }
        try check("sumdiv", atLeast: 60) { fields throws(MoneyError) in
            try sum(fields.dropLast()).total(dividedBy: Amount.parse(fields[fields.count - 1]))
        }
    }

    private func sum(_ fields: [String]) throws(MoneyError) -> ProductSum {
        var sum = ProductSum()
        for index in stride(from: 0, to: fields.count, by: 2) {
            sum.add(try Amount.parse(fields[index]), try Amount.parse(fields[index + 1]))
        }
        return sum
    }
}
