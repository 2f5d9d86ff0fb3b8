import CommandLine
import Glibc

/// Hands a command to the server that owns the data folder.
enum ControlClient {
    /// Runs the command there and passes its words on; nil when no server listens at the path.
    static func forward(_ request: ControlRequest, path: String, output: Output) -> Int32? {
        guard let socket = LocalSocket.connect(path: path) else { return nil }
        let bytes = request.render()
        guard socket.send(LocalSocket.bytes(of: bytes.count) + bytes) else { return lost(output) }
        while true {
            guard let kind = socket.receive(1), let number = socket.receiveNumber() else {
                return lost(output)
            }
            if kind[0] == 3 { return Int32(number) }
            guard let bytes = socket.receive(number) else { return lost(output) }
            if kind[0] == 1 { output.write(bytes) } else { output.writeError(bytes) }
        }
    }

    /// Whether a server listens at the path.
    static func isServed(_ path: String) -> Bool {
        guard let socket = LocalSocket.connect(path: path) else { return false }
        return socket.descriptor >= 0
    }

    private static func lost(_ output: Output) -> Int32 {
        output.remark(
            "coffer: the server ended before it answered; see whether the change was made, then try again"
        )
        return ExitCode.storageFailed.rawValue
    }
}
