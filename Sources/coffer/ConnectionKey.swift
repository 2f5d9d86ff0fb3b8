import CommandLine
import Crypto
import FoundationEssentials
import JSON
import Services

/// Why no key for a connection could be read; never holds any of it.
enum ConnectionKeyError: Error, Hashable {
    case noSource
    case nothing
    case noName
    case tooLarge
    case badFile
}

extension ConnectionKeyError {
    var words: String {
        switch self {
        case .noSource:
            "say where the key is: --key-file FILE as the venue gives it, or --secret-stdin with --key-name NAME"
        case .nothing: "say what is to change: --label L, or where the new key is"
        case .noName:
            "the key's name is missing; give it with --key-name, as the venue shows it, or put key and secret into two lines"
        case .tooLarge: "the key is longer than \(ConnectionLimits.secretBytesMax) bytes, which no key is"
        case .badFile:
            "the key file is JSON without name and privateKey, or key and secret; expected such a file, or two lines"
        }
    }
}

/// The name and secret of an API key, from the venue's own file or from text.
struct ConnectionKey {
    let name: String
    let secret: Secret

    /// Reads a text: the JSON file of Coinbase's developer platform, a JSON object with `key` and `secret`, the two in two
    /// lines, or the secret alone beside a name.
    ///
    /// - Throws: `ConnectionKeyError`.
    init(_ text: Secret, named given: String?) throws {
        guard text.count <= ConnectionLimits.secretBytesMax else { throw ConnectionKeyError.tooLarge }
        let bytes = text.revealed()
        guard bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
            if let given {
                name = given
                secret = text
                return
            }
            var lines = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).map { Array($0) }
            defer { for index in lines.indices { Wiping.wipe(&lines[index]) } }
            guard lines.count == 2, !lines[0].starts(with: Array("-----".utf8)) else {
                throw ConnectionKeyError.noName
            }
            name = String(decoding: lines[0], as: UTF8.self)
            secret = Secret(lines[1])
            return
        }
        // What is wrong with the file must not be quoted from it.
        guard let value = try? JSONReader.parse(bytes),
            let key = value["privateKey"]?.string ?? value["secret"]?.string,
            let named = given ?? value["name"]?.string ?? value["id"]?.string ?? value["key"]?.string
        else { throw ConnectionKeyError.badFile }
        name = named
        secret = Secret(key)
    }
}

extension CommandContext {
    /// The secret of a connection: from the caller beforehand, from a file, or from standard input.
    ///
    /// - Throws: `ConnectionKeyError`, `FileError`.
    func connectionSecret() throws -> Secret {
        if let input = caller.input { return Secret(input) }
        if let typed = command.value("key-file") {
            guard !command.flag("secret-stdin") else { throw UsageError.together("key-file", "secret-stdin") }
            let read = try FileSource(path: path(typed)).bytes()
            return try Self.gather(read)
        }
        guard command.flag("secret-stdin") else { throw ConnectionKeyError.noSource }
        return try Self.gather {
            guard let piece = StandardInput.read(4096) else { throw InputError.noPassword }
            return piece.isEmpty ? nil : piece
        }
    }

    private static func gather(_ read: () throws -> [UInt8]?) throws -> Secret {
        var bytes: [UInt8] = []
        while let piece = try read() {
            bytes += piece
            guard bytes.count <= ConnectionLimits.secretBytesMax else { throw ConnectionKeyError.tooLarge }
        }
        return Secret(bytes)
    }
}
