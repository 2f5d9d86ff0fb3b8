/// One measured figure with its unit and the bar it is held against.
struct Figure {
    let name: String
    let value: Int64
    let unit: String
    /// The bar and whether lower or higher is better; nil when there is none.
    var bar: String?
    var reached: Bool?
}

/// Nanoseconds of the monotonic clock for one run of the body.
func nanoseconds<T>(_ body: () throws -> T) rethrows -> (nanoseconds: Int64, result: T) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try body()
    let (seconds, attoseconds) = (clock.now - start).components
    return (seconds * 1_000_000_000 + attoseconds / 1_000_000_000, result)
}

/// The least of several runs.
func best<T>(of runs: Int, _ body: () throws -> T) rethrows -> Int64 {
    var least = Int64.max
    for _ in 0..<runs { least = min(least, try nanoseconds(body).nanoseconds) }
    return least
}
