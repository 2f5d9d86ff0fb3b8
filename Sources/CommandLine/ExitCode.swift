/// What the program tells its caller when it ends.
///
/// The numbers are part of the public interface: scripts rely on them, so a number never changes its meaning.
public enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
    /// Everything asked for was done.
    case ok = 0
    /// The work was done and its answer is a finding, such as a check that failed.
    case finding = 1
    /// The command line, the environment or the settings file is wrong.
    case usage = 2
    /// The address to listen on cannot be had.
    case cannotListen = 3
    /// The data folder cannot be created, read, written or locked.
    case dataFolder = 4
    /// The data folder was written by a newer version.
    case newerSchema = 5
    /// A file given as input is wrong; nothing was taken from it unless partial import was asked for.
    case badInput = 6
    /// The thing named does not exist, or the request is refused.
    case refused = 7
    /// A fault of the program itself.
    case internalFault = 70
    /// The disk or the database failed; nothing was acknowledged and trying again later may help.
    case storageFailed = 75

    /// What the number means, in a few words for help screens and documents.
    public var summary: String {
        switch self {
        case .ok: "done"
        case .finding: "done, and something was found that needs attention"
        case .usage: "wrong command line, environment or settings file"
        case .cannotListen: "the address to listen on cannot be had"
        case .dataFolder: "the data folder cannot be used"
        case .newerSchema: "the data folder was written by a newer version"
        case .badInput: "an input file is wrong"
        case .refused: "not found, or refused"
        case .internalFault: "a fault of the program itself"
        case .storageFailed: "the disk or the database failed; try again"
        }
    }
}
