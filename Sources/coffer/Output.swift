import Glibc
import Synchronization

/// Where a command's words go: the terminal's two streams, or the connection of a caller.
struct Output: Sendable {
    /// Takes bytes for people or programs that read the result.
    let write: @Sendable ([UInt8]) -> Void
    /// Takes bytes for remarks, progress and errors.
    let writeError: @Sendable ([UInt8]) -> Void
    /// Whether remarks go to a terminal, so that progress may be drawn.
    let errorIsTerminal: Bool

    /// The streams of this process, unbuffered; what the first failure of the result's stream was goes to `losses`.
    static func standard(losses: OutputLosses = OutputLosses()) -> Output {
        Output(
            write: { losses.note(Output.write($0, to: 1)) },
            // Where errors cannot be told, nothing can be told about it either.
            writeError: { _ = Output.write($0, to: 2) },
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

    /// Writes everything, going on after interruptions; returns the number of the error that stopped it.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
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
                return errno
            }
        }
        return nil
    }
}

/// Remembers that a part of the result could not be written, so that the exit code can tell.
final class OutputLosses: Sendable {
    private let number = Mutex<Int32?>(nil)

    func note(_ number: Int32?) {
        guard let number else { return }
        self.number.withLock { $0 = $0 ?? number }
    }

    /// Why something is missing, or nil; a reader that had enough (`coffer export | head`) misses nothing.
    var reason: String? {
        number.withLock { $0 }.flatMap { $0 == EPIPE ? nil : FileError.reason($0) }
    }
}
