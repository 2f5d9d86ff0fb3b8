import JSON

/// What a caller sends to a running server: one command line and where it was typed.
struct ControlRequest: Sendable {
    let arguments: [String]
    let directory: String
    /// What the caller read for the command beforehand, such as a password; never logged.
    let input: String?
    let errorIsTerminal: Bool

    /// The longest request in bytes.
    static let bytesMax = 1_048_576

    func render() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.array("arguments", arguments) { writer, argument in writer.string(argument) }
        writer.key("directory")
        writer.string(directory)
        writer.key("input")
        if let input { writer.string(input) } else { writer.null() }
        writer.key("error_is_terminal")
        writer.bool(errorIsTerminal)
        writer.endObject()
        return writer.finish()
    }

    init(arguments: [String], directory: String, input: String?, errorIsTerminal: Bool) {
        self.arguments = arguments
        self.directory = directory
        self.input = input
        self.errorIsTerminal = errorIsTerminal
    }

    /// Reads a request; nil when it is not one.
    init?(_ bytes: [UInt8]) {
        // The caller is this same program: a text that is no request has no more precise answer than that.
        guard let value = try? JSONReader.parse(bytes), let directory = value["directory"]?.string,
            let words = value["arguments"]?.array, let terminal = value["error_is_terminal"]?.bool
        else { return nil }
        arguments = words.compactMap(\.string)
        self.directory = directory
        input = value["input"]?.string
        errorIsTerminal = terminal
        guard arguments.count == words.count else { return nil }
    }
}

/// One piece of a server's answer to a caller: a kind, a length in four bytes, then that many bytes.
enum ControlFrame {
    case output([UInt8])
    case error([UInt8])
    case exit(Int32)

    func render() -> [UInt8] {
        switch self {
        case .output(let bytes): [1] + LocalSocket.bytes(of: bytes.count) + bytes
        case .error(let bytes): [2] + LocalSocket.bytes(of: bytes.count) + bytes
        case .exit(let code): [3] + LocalSocket.bytes(of: Int(code))
        }
    }
}
