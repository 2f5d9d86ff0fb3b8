import Foundation

/// Runs of the load generator.
struct Wrk {
    /// What one run came to.
    struct Run {
        let requestsPerSecond: Double
        let p50Microseconds: Double
        let p99Microseconds: Double
        let requests: Int
        /// Answers of another status than 200 to 399, and broken connections.
        let failures: Int
    }

    /// Connections at once, unless others are asked for.
    static let connections = 64

    private let connections: Int
    private let program: String
    private let script: String

    /// Writes the script that prints figures in a form of our own; `body` comes before it.
    init(_ place: WorkPlace, name: String, body: String = "", connections: Int = Wrk.connections) throws {
        self.connections = connections
        program = try Tool.required("wrk")
        let end = """
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("figures %d %d %d %d %d\\n", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
            end

            """
        script = try place.write(body + "\n" + end, to: name)
    }

    func run(_ url: String, seconds: Int, headers: [String] = []) throws -> Run {
        var arguments = ["-t1", "-c\(connections)", "-d\(seconds)s", "-s", script]
        for header in headers { arguments += ["-H", header] }
        let output = try Tool.output(of: program, arguments + [url])
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("figures ") }) else {
            throw BenchError(message: "wrk printed no figures")
        }
        let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard numbers.count == 5, numbers[1] > 0 else { throw BenchError(message: "wrk printed \(line)") }
        return Run(
            requestsPerSecond: numbers[0] / (numbers[1] / 1e6),
            p50Microseconds: numbers[2],
            p99Microseconds: numbers[3],
            requests: Int(numbers[0]),
            failures: Int(numbers[4])
        )
    }
}
