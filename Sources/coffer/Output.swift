import Glibc

/// Where a command's words go: the terminal's two streams, or the connection of a caller.
struct Output: Sendable {
    /// Takes bytes for people or programs that read the result.
    let write: @Sendable ([UInt8]) -> Void
    /// Takes bytes for remarks, progress and errors.
    let writeError: @Sendable ([UInt8]) -> Void
    /// Whether remarks go to a terminal, so that progress may be drawn.
    let errorIsTerminal: Bool

    /// The streams of this process, unbuffered.
    static var standard: Output {
        Output(
            write: { Output.writeAll($0, to: 1) },
            writeError: { Output.writeAll($0, to: 2) },
            errorIsTerminal: isatty(2) == 1
        )
    }

    /// Writes one line of the result.
    func line(_ text: String = "") {
        write(Array((text + "\n").utf8))
    }

    /// Writes one line of remarks.
    func remark(_ text: String) {
        writeError(Array((text + "\n").utf8))
    }

    /// Writes everything, going on after interruptions; a reader that went away loses the rest.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        var position = 0
        while position < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: position),
                    bytes.count - position
                )
            }
            if written > 0 {
                position += written
            } else if errno != EINTR {
                return
            }
        }
    }
}
