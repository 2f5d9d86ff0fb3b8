import Glibc

/// The bar that a figure is held against.
enum Bar {
    case below(Double)
    case atMost(Double)
    case atLeast(Double)
    case above(Double)

    func isReached(_ value: Double) -> Bool {
        switch self {
        case .below(let limit): value < limit
        case .atMost(let limit): value <= limit
        case .atLeast(let limit): value >= limit
        case .above(let limit): value > limit
        }
    }

    func text(decimals: Int) -> String {
        switch self {
        case .below(let limit): "< " + Figure.text(limit, decimals: decimals)
        case .atMost(let limit): "≤ " + Figure.text(limit, decimals: decimals)
        case .atLeast(let limit): "≥ " + Figure.text(limit, decimals: decimals)
        case .above(let limit): "> " + Figure.text(limit, decimals: decimals)
        }
    }

    /// Whether it is reached by a value that is only known to be greater; nil when that does not tell.
    func isReached(byMoreThan value: Double) -> Bool? {
        switch self {
        case .below(let limit): value >= limit ? false : nil
        case .atMost(let limit): value >= limit ? false : nil
        case .atLeast(let limit): value >= limit ? true : nil
        case .above(let limit): value >= limit ? true : nil
        }
    }
}

/// One measured figure with its unit and the bar it is held against.
struct Figure {
    /// The key in the JSON: stable from run to run.
    let key: String
    /// What was measured, for people.
    let name: String
    let value: Double
    let unit: String
    var decimals = 0
    var bar: Bar?
    /// Whether the true value is greater, since what was measured was stopped.
    var isLowerBound = false

    /// Whether the bar is reached; nil when there is none, or when a lower bound does not tell.
    var isReached: Bool? { isLowerBound ? bar?.isReached(byMoreThan: value) : bar?.isReached(value) }

    /// The value for people.
    var shownText: String { (isLowerBound ? "> " : "") + valueText }

    /// Whether the bar is reached, for people.
    var reachedText: String {
        guard bar != nil else { return "" }
        return isReached.map { $0 ? "yes" : "NO" } ?? "?"
    }

    var valueText: String { Figure.text(value, decimals: decimals) }

    /// A number with so many decimals, cut off half away from zero.
    static func text(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        let sign = value < 0 && scaled > 0 ? "-" : ""
        let digits = String(Int(scaled))
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}

/// The middle of several runs.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// The seconds that the body takes, and its result.
func seconds<T>(_ body: () throws -> T) rethrows -> (seconds: Double, result: T) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    return ((clock.now - start).inSeconds, result)
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
