/// The parts of the benchmark, in the order in which they run.
enum BenchPart: String, CaseIterable {
    case `import`, book, lots, prices, values, http, cryptfolio, graphql, tokens, signin, write, fastapi,
        peers

    /// Those that run when none is named: all that need nothing from PyPI.
    static let usual: [BenchPart] = [
        .import, .book, .lots, .prices, .values, .http, .cryptfolio, .graphql, .tokens, .signin, .write,
    ]
}

/// What the command line asks for.
struct BenchOptions {
    var parts = BenchPart.usual
    /// The numbers of rows of the generated ledgers, upwards.
    var sizes = [10_000, 100_000, 1_000_000]
    /// Fewer and shorter rounds.
    var isQuick = false
    var wantsHelp = false
    /// Where the JSON goes.
    var output = "bench-results/latest.json"
    /// Where the temporary folder is made; nil for the system's place.
    var workFolder: String?

    static let help = """
        usage: ./bench [PART …] [--sizes N,N,…] [--quick] [--output FILE] [--work DIR]

        parts: import, book, lots, prices, values, http, cryptfolio, graphql, tokens, signin, write, all without one;
        and fastapi and peers, which fetch other programs and measure them beside Coffer
          --sizes N,N,…   rows of the generated ledgers (default 10000,100000,1000000)
          --quick         one short round of each instead of several
          --output FILE   where the JSON goes (default bench-results/latest.json)
          --work DIR      where temporary files go, on the disk to be measured (default: the system's place)

        Exit codes: 0 every bar reached, 1 some not, 2 the benchmark could not run.
        """

    init(_ arguments: [String]) throws(BenchError) {
        var named: [BenchPart] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "--quick": isQuick = true
            case "--help", "-h": wantsHelp = true
            case "--sizes": sizes = try BenchOptions.sizes(try BenchOptions.value(of: word, &rest))
            case "--output": output = try BenchOptions.value(of: word, &rest)
            case "--work": workFolder = try BenchOptions.value(of: word, &rest)
            default:
                guard let part = BenchPart(rawValue: word) else {
                    throw BenchError(message: "unknown part or option \(word); see --help")
                }
                named.append(part)
            }
        }
        if !named.isEmpty { parts = BenchPart.allCases.filter { named.contains($0) } }
    }

    private static func value(
        of option: String,
        _ rest: inout ArraySlice<String>
    ) throws(BenchError) -> String {
        guard let value = rest.popFirst() else { throw BenchError(message: "\(option) needs a value") }
        return value
    }

    private static func sizes(_ text: String) throws(BenchError) -> [Int] {
        var sizes: [Int] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let size = Int(word), (1...10_000_000).contains(size) else {
                throw BenchError(message: "--sizes takes numbers from 1 to 10000000, not \(word)")
            }
            sizes.append(size)
        }
        return sizes.sorted()
    }

    /// How often a figure is measured; the median or the least counts.
    func rounds(_ usual: Int) -> Int { isQuick ? 1 : usual }

    /// The largest ledger.
    var largest: Int { sizes.last ?? 1_000_000 }
}
