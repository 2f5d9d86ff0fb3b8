import Foundation

/// The benchmark program: measures, prints the table, writes the JSON.
enum Bench {
    /// The exit code of a run in which some figure did not reach its bar.
    static let notReached: Int32 = 1

    /// Runs what the arguments ask for; the exit code.
    static func main(_ arguments: [String]) -> Int32 {
        do {
            if arguments.first == Child.flag {
                try Child.perform(Array(arguments.dropFirst()))
                return 0
            }
            let options = try BenchOptions(arguments)
            if options.wantsHelp {
                Terminal.line(BenchOptions.help)
                return 0
            }
            return try measure(options) ? 0 : notReached
        } catch let error as BenchError {
            Terminal.remark("bench: \(error.message)")
            return 2
        } catch {
            Terminal.remark("bench: \(error)")
            return 2
        }
    }

    /// Measures and reports; whether every bar was reached.
    private static func measure(_ options: BenchOptions) throws -> Bool {
        let place = try WorkPlace(under: options.workFolder)
        defer { place.remove() }
        let machine = Machine.here()
        for line in machine.lines { Terminal.line(line) }
        var report = Report(machine: machine, isQuick: options.isQuick)
        for part in options.parts {
            Terminal.remark("measuring \(part.rawValue)")
            do {
                switch part {
                case .import: try ImportPart.run(options, place, &report)
                case .book: try BookPart.run(options, place, &report)
                case .lots: try LotPart.run(options, place, &report)
                case .values: try ValuePart.run(options, place, &report)
                case .prices: try PricePart.run(options, place, &report)
                case .http: try HTTPPart.run(options, place, &report)
                case .cryptfolio: try CryptFolioPart.run(options, place, &report)
                case .graphql: try GraphQLPart.run(options, place, &report)
                case .tokens: try TokenPart.run(options, place, &report)
                case .signin: try SignInPart.run(options, place, &report)
                case .write: try WritePart.run(options, place, &report)
                case .fastapi: try FrameworkPart.run(options, place, &report)
                case .peers: try PeerPart.run(options, place, &report)
                }
            } catch let error as BenchError where error.isSkip {
                report.skipped.append((part.rawValue, error.message))
            }
        }
        Terminal.line("")
        Terminal.bytes(report.table())
        for (part, reason) in report.skipped { Terminal.line("\(part): skipped, \(reason)") }
        try FileManager.default.createDirectory(
            atPath: (options.output as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try Data(report.json()).write(to: URL(fileURLWithPath: options.output))
        Terminal.remark("written to \(options.output)")
        return report.figures.allSatisfy { $0.isReached != false }
    }
}

/// Why something could not be measured.
struct BenchError: Error {
    let message: String
    /// Whether the part is left out instead of the run ended.
    var isSkip = false
}

/// Text for the terminal, written at once.
enum Terminal {
    static func line(_ text: String) { write(1, Array((text + "\n").utf8)) }

    static func bytes(_ bytes: [UInt8]) { write(1, bytes) }

    static func remark(_ text: String) { write(2, Array((text + "\n").utf8)) }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            // A closed terminal leaves nobody to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
