import Foundation
import JSON

/// The machine that the figures come from.
struct Machine {
    let processor: String
    let cores: Int
    let memoryMebibytes: Int
    let kernel: String
    let swift: String
    /// How many processes wanted a core when the run began, averaged over a minute.
    let load: String
    /// ISO 8601, UTC.
    let date: String

    static func here() -> Machine {
        Machine(
            processor: field("model name", in: "/proc/cpuinfo") ?? "unknown",
            cores: ProcessInfo.processInfo.activeProcessorCount,
            memoryMebibytes: Int(ProcessInfo.processInfo.physicalMemory >> 20),
            kernel: text(of: "/proc/sys/kernel/osrelease") ?? "unknown",
            swift: swiftVersion(),
            load: text(of: "/proc/loadavg").flatMap { $0.split(separator: " ").first.map(String.init) }
                ?? "unknown",
            date: Date().formatted(.iso8601)
        )
    }

    var lines: [String] {
        [
            "processor  \(processor), \(cores) cores",
            "memory     \(memoryMebibytes) MiB",
            "kernel     \(kernel)",
            "Swift      \(swift)",
            "load       \(load) before the run",
            "date       \(date)",
        ]
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("processor")
        json.string(processor)
        json.key("cores")
        json.integer(cores)
        json.key("memory_mib")
        json.integer(memoryMebibytes)
        json.key("kernel")
        json.string(kernel)
        json.key("swift")
        json.string(swift)
        json.key("load_before")
        json.string(load)
        json.key("date")
        json.string(date)
        json.endObject()
    }

    /// The text of a small system file without its line end; nil when there is no such file.
    static func text(of path: String) -> String? {
        // Such a file is missing on other systems, and then there is nothing to say.
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The value behind the first line of a system file that begins with a name and a colon.
    static func field(_ name: String, in path: String) -> String? {
        guard let text = text(of: path) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    private static func swiftVersion() -> String {
        guard let output = try? Tool.output(of: "swift", ["--version"]) else { return "unknown" }
        let words = output.split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard let place = words.firstIndex(of: "version"), place + 1 < words.count else { return "unknown" }
        return String(words[place + 1])
    }
}

/// The memory of a process, from what the kernel says of it.
enum Memory {
    /// What the process holds now, in KiB.
    static func resident(of process: Int32 = getpid()) -> Int { kibibytes("VmRSS", process) }

    /// The most that the process ever held, in KiB.
    static func peak(of process: Int32 = getpid()) -> Int { kibibytes("VmHWM", process) }

    /// Lets the peak begin again at what the process holds now; a system that does not allow it keeps the old one.
    static func forgetPeak() {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? file.write(contentsOf: Data("5".utf8))
        try? file.close()
    }

    private static func kibibytes(_ name: String, _ process: Int32) -> Int {
        let words = Machine.field(name, in: "/proc/\(process)/status")?.split(separator: " ")
        return words?.first.flatMap { Int($0) } ?? 0
    }
}
