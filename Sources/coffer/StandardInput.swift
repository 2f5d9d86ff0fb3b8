import FoundationEssentials
import Glibc

/// What is typed or piped into the program.
enum StandardInput {
    /// The longest line that is taken as a password.
    static let lineBytesMax = 4096

    /// The next piece, at most so many bytes; empty at the end, nil on an error.
    static func read(_ count: Int, from descriptor: Int32 = 0) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let received = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, count)
            }
            if received >= 0 { return Array(bytes.prefix(received)) }
            guard errno == EINTR else { return nil }
        }
    }

    /// One line without its end.
    ///
    /// - Throws: `InputError.noPassword` when nothing comes.
    static func readLine() throws -> String {
        var line: [UInt8] = []
        while line.count <= lineBytesMax, let byte = read(1), let first = byte.first,
            first != UInt8(ascii: "\n")
        {
            line.append(first)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty, line.count <= lineBytesMax else { throw InputError.noPassword }
        return String(decoding: line, as: UTF8.self)
    }

    /// Asks on the terminal, twice, without showing what is typed.
    ///
    /// - Throws: `InputError` when there is no terminal or the two differ.
    static func askTwice(_ prompt: String) throws -> String {
        guard isatty(0) == 1 else { throw InputError.noTerminal }
        let first = try ask(prompt)
        guard try ask("Once more: ") == first else { throw InputError.passwordsDiffer }
        return first
    }

    private static func ask(_ prompt: String) throws -> String {
        var shown = termios()
        unsafe tcgetattr(0, &shown)
        var hidden = shown
        hidden.c_lflag &= ~UInt32(ECHO)
        // Hidden before it is asked for: whoever types fast must not be shown either.
        unsafe tcsetattr(0, TCSAFLUSH, &hidden)
        Output.standard().writeError(Array(prompt.utf8))
        defer {
            unsafe tcsetattr(0, TCSAFLUSH, &shown)
            Output.standard().remark("")
        }
        return try readLine()
    }
}

/// Why no password could be read.
enum InputError: Error, Hashable {
    case noPassword
    case noTerminal
    case passwordsDiffer
}
