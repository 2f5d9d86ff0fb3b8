import CommandLine
import Glibc
import Synchronization

/// Takes commands for the data folder while a server owns it, one thread for each caller.
final class ControlServer: Sendable {
    private let listener: Int32
    private let path: String
    private let callers = Mutex(0)
    private let execute: @Sendable (ControlRequest, Output) -> Int32

    /// The most callers at once; more are turned away.
    static let callersMax = 8

    /// Starts to listen at a path.
    ///
    /// - Throws: `ControlError` with the system's reason.
    init(path: String, execute: @escaping @Sendable (ControlRequest, Output) -> Int32) throws {
        guard let socket = LocalSocket.listen(path: path) else {
            throw ControlError(path: path, number: errno)
        }
        // The socket outlives this initialiser: the duplicate is closed by `stop`.
        listener = dup(socket.descriptor)
        self.path = path
        self.execute = execute
        Threads.start { [self] in acceptCallers() }
    }

    /// Stops to listen; commands that run are finished by their threads.
    func stop() {
        _ = shutdown(listener, Int32(SHUT_RDWR))
        _ = close(listener)
        _ = unsafe unlink(path)
    }

    private func acceptCallers() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let welcome = callers.withLock { count -> Bool in
                guard count < ControlServer.callersMax else { return false }
                count += 1
                return true
            }
            guard welcome else {
                ControlServer.turnAway(descriptor)
                continue
            }
            Threads.start { [self] in
                serve(LocalSocket(descriptor: descriptor))
                callers.withLock { $0 -= 1 }
            }
        }
    }

    private func serve(_ socket: consuming LocalSocket) {
        guard let count = socket.receiveNumber(), count <= ControlRequest.bytesMax,
            let bytes = socket.receive(count), let request = ControlRequest(bytes)
        else { return }
        let descriptor = socket.descriptor
        let output = Output(
            write: { ControlServer.send(.output($0), to: descriptor) },
            writeError: { ControlServer.send(.error($0), to: descriptor) },
            errorIsTerminal: request.errorIsTerminal
        )
        let code = execute(request, output)
        ControlServer.send(.exit(code), to: descriptor)
    }

    private static func turnAway(_ descriptor: Int32) {
        let words = "coffer: the server carries out \(callersMax) commands already; try again in a moment\n"
        send(.error(Array(words.utf8)), to: descriptor)
        send(.exit(ExitCode.storageFailed.rawValue), to: descriptor)
        _ = close(descriptor)
    }

    private static func send(_ frame: ControlFrame, to descriptor: Int32) {
        // A caller that has gone hears nothing more; its command goes on.
        _ = LocalSocket.send(frame.render(), to: descriptor)
    }
}

/// Why no commands can be taken at a path.
struct ControlError: Error {
    let path: String
    let number: Int32
}
