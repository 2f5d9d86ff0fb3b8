import CommandLine
import HTTPServer
import Importing
import Money
import Services
import Storage
import Valuation

/// Turns an error into one line with a remedy, and an exit code.
enum Failure {
    static func describe(_ error: any Error, folder: String? = nil) -> (message: String, code: ExitCode) {
        switch error {
        case let error as CommandLineError: (error.description, error.exitCode)
        case let error as UsageError: (error.words, .usage)
        case let error as InputError: (error.words, .refused)
        case let error as FileError: (error.words, error.code)
        case let error as InputFileError: ("\(error.name): \(error.error.description)", .badInput)
        case let error as ImportError: (error.description, .badInput)
        case let error as ConnectionError: (error.description, code(of: error))
        case let error as ConnectionKeyError: (error.words, .usage)
        case let error as WorkspaceError: (error.description, .refused)
        case let error as OAuthRefusal: (error.description, .refused)
        case let error as PriceServiceError: (error.description, .refused)
        case let error as PortfolioRefusal: (error.description, .refused)
        case let error as TrackingRefusal: (error.description, .refused)
        case RebalancingError.setting(let name, let value):
            ("the \(name) \(value) is out of range; a fee is at most 50%", .refused)
        case let error as StorageError: (words(error, folder: folder), code(of: error))
        case let error as HTTPServerError: (error.description, .cannotListen)
        case let error as ControlError:
            (
                "cannot take commands at \(error.path) (error \(error.number)); check the data folder",
                .dataFolder
            )
        case let error as UploadFolderError: (error.description, .dataFolder)
        case MoneyError.overflow:
            (
                "a value reaches 10^20 units, which Coffer does not count; look for an amount or a price that is too "
                    + "large, or report in another currency",
                .refused
            )
        default: ("something that should not happen did: \(error)", .internalFault)
        }
    }

    /// The store's words, and which data folder is meant where they do not say it.
    private static func words(_ error: StorageError, folder: String?) -> String {
        guard let folder, !error.description.contains(folder) else { return error.description }
        return "data folder \(folder): \(error.description)"
    }

    private static func code(of error: ConnectionError) -> ExitCode {
        // Without its key file a data folder cannot be used whole.
        if case .keyFile = error { .dataFolder } else { .refused }
    }

    private static func code(of error: StorageError) -> ExitCode {
        switch error.kind {
        case .newerSchema, .olderSchema: .newerSchema
        case .full, .ioError, .busy, .overloaded, .closed: .storageFailed
        case .constraint, .notFound, .invalid, .importUnderWay: .refused
        case .readOnly, .corrupt, .folderInUse, .notOpenable, .tampered, .settingDiffers: .dataFolder
        case .other: .internalFault
        }
    }
}

extension UsageError {
    var words: String {
        switch self {
        case .noNumber(let text): "\(text) is no number; expected such as 12.34"
        case .badPair(let text): "\(text) is no pair; expected such as BTC/USD"
        case .orderAndReset: "--reset takes no sources; leave them out, or leave --reset out"
        case .badRate(let option, let text):
            "--\(option): \(text) is no fraction; expected such as 4.5% or 0.045"
        case .badBenchmark(let text):
            "--benchmark: \(text) is no benchmark; expected an asset such as BTC, or shares such as BTC=60%,USD=40%"
        case .badTargets(let text):
            "--targets: \(text) are no shares; expected such as BTC=60%,ETH=40%"
        case .badAmount(let option, let text):
            "--\(option): \(text) is no amount; expected such as 250 or 0.5, not below zero"
        case .badTime(let text): "\(text) is no instant; expected such as 2024-01-31 or 2024-01-31T12:00:00Z"
        case .badScopes(let text): "\(text) are no scopes; expected read, write or read,write"
        case .together(let first, let second):
            "--\(first) and --\(second) exclude each other; give one of them"
        case .alone(let name, let needs): "--\(name) says something only together with --\(needs)"
        case .badYear(let text): "\(text) is no year; expected a whole number from 1 to 9998"
        case .badListen(let text): "\(text) is no address to listen on; expected such as 127.0.0.1:8080"
        case .noLimitsBeyondLoopback(let text):
            "--no-limits needs a loopback address such as 127.0.0.1:8080, not \(text)"
        case .openMetrics(let text):
            "metrics at \(text) would be open to others; set COFFER_ADMIN_TOKEN_FILE, or use a loopback address"
        case .isServed(let folder): "\(folder) is served already; use that server, or another --data DIR"
        case .secretOnCommandLine(let key, let path):
            "\(key) is a secret, which no command line may hold; write it into \(path), or name a file that holds it "
                + "by the variable that ends in _FILE"
        case .badSwitch(let text): "\(text) is neither on nor off"
        case .missing(let name): "--\(name) is missing"
        case .noSample: "there is no file to import; name one: coffer run FILE.csv"
        }
    }
}

extension InputError {
    var words: String {
        switch self {
        case .noPassword: "no password came; pipe it in with --password-stdin or type it at the prompt"
        case .noTerminal: "there is no terminal to ask on; pipe the password in with --password-stdin"
        case .passwordsDiffer: "the two passwords differ; try again"
        }
    }
}

extension FileError {
    /// What the failure ends the program with.
    var code: ExitCode {
        switch self {
        case .cannotRead, .isFolder: .badInput
        case .cannotWrite: .storageFailed
        }
    }

    var words: String {
        switch self {
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .isFolder(let path): "\(path) is a folder; name a CSV file in it"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason); check that its folder is there, may be written and has room"
        }
    }
}
