import Foundation
import Glibc

/// A process that a test started, with its streams in files, so that no pipe can fill up.
struct Child: Sendable {
    let pid: pid_t
    let outputPath: String
    let errorPath: String

    /// What became of a process.
    struct End: Sendable {
        /// The exit code, or 128 and the signal's number.
        let code: Int32
        /// The greatest resident memory that was seen, in bytes.
        let peakBytes: Int
    }

    struct CannotStart: Error {
        let words: [String]
        let number: Int32
    }

    /// Starts a program; its words, variables and folder are all it gets.
    static func start(
        _ words: [String],
        environment: [String: String],
        directory: String,
        inputPath: String,
        streams: String
    ) throws -> Child {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let written = O_WRONLY | O_CREAT | O_TRUNC
        let output = streams + ".out"
        let errors = streams + ".err"
        unsafe posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, written, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, written, 0o600)
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
        let number: Int32
        var pid: pid_t = 0
        // The program takes the place of `env`, so its number is the child's.
        let words = ["env", "-C", directory] + words
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        let environ = unsafe variables.map { unsafe strdup($0) } + [nil]
        unsafe number = posix_spawnp(&pid, words[0], &actions, nil, arguments, environ)
        for index in words.indices { unsafe free(arguments[index]) }
        for index in variables.indices { unsafe free(environ[index]) }
        guard number == 0 else { throw CannotStart(words: words, number: number) }
        return Child(pid: pid, outputPath: output, errorPath: errors)
    }

    /// How it ended, or nil when it still runs after so many seconds.
    func wait(seconds: Double) -> End? {
        let deadline = Date().addingTimeInterval(seconds)
        var peak = 0
        var turn = 0
        repeat {
            var status: Int32 = 0
            let waited = unsafe waitpid(pid, &status, WNOHANG)
            if waited == pid {
                let signal = status & 0x7F
                return End(code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, peakBytes: peak)
            }
            if turn % 16 == 0 { peak = max(peak, residentPeak) }
            turn += 1
            guard waited == 0 else { return nil }
            usleep(2000)
        } while Date() < deadline
        return nil
    }

    /// The greatest resident memory so far; what the system counts at the end holds its parent's memory too.
    private var residentPeak: Int {
        let status = FileManager.default.contents(atPath: "/proc/\(pid)/status") ?? Data()
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("VmHWM:")
        }
        let kibibytes = line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
        return kibibytes * 1024
    }

    /// Sends a signal.
    func signal(_ number: Int32) {
        _ = kill(pid, number)
    }

    /// Ends it for certain and returns how it ended.
    @discardableResult
    func end() -> End {
        signal(SIGKILL)
        return wait(seconds: 30) ?? End(code: -1, peakBytes: 0)
    }

    /// What it wrote so far.
    var output: [UInt8] { FileManager.default.contents(atPath: outputPath).map { [UInt8]($0) } ?? [] }

    /// What it said on standard error so far.
    var errors: String {
        String(decoding: FileManager.default.contents(atPath: errorPath) ?? Data(), as: UTF8.self)
    }
}
