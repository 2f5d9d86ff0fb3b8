/// Why a use case was refused: the caller's fault, said in words.
public enum WorkspaceError: Error, Hashable, Sendable {
    /// No user has this id, e-mail or name.
    case unknownUser(String)
    /// Several users have this name.
    case ambiguousUser(String)
    /// The e-mail address is taken.
    case emailTaken(String)
    /// The text is not an e-mail address.
    case badEmail(String)
    /// The text is no name of a user.
    case badName
    /// The role is not one that a user can be given.
    case badRole(String)
    /// The owner's role is fixed, and the owner cannot be removed.
    case ownerIsFixed
    /// The rate is out of range.
    case badQuota
    /// There is no quota of this user or client.
    case noQuota(String)
    /// The password is too short or too long.
    case badPassword(reason: String)
    /// No currency or coin has this code.
    case unknownCurrency(String)
    /// No time zone has this name.
    case unknownZone(String)
    /// Two methods, or two scopes, are to hold from the same day.
    case repeatedChange(day: String)
    /// Wash sales are counted lot by lot, which a method that shares costs cannot.
    case washSalesNeedLots(method: String)
    /// The name of a method or scope is not known.
    case unknownChoice(name: String, text: String)
    /// The year is closed already.
    case yearIsClosed(Int)
    /// The year is not closed.
    case yearIsOpen(Int)
    /// The year is not over yet, or has no end.
    case yearIsNotOver(Int)
    /// No disposal belongs to the entry, or none that the other choices leave.
    case unknownDisposal(entry: Int64)
    /// No portfolio of the user has this id or name.
    case unknownPortfolio(String)
    /// No account of the user has this number or name.
    case unknownAccount(String)
    /// A range ends before it begins.
    case invertedRange(from: String, to: String)
    /// A range has more steps than a history may have points.
    case tooManyPoints(step: String, limit: Int)
    /// The parts of a benchmark make none.
    case badBenchmark(String)
    /// A benchmark has no price at the start of what it is compared with.
    case unpricedBenchmark(String, time: String)
    /// No import of the user has this number, or it is undone already.
    case unknownImport(Int, state: String?)
    /// The import keeps an offset or an address, which would no longer be what the ledger says.
    case importIsTracked(Int, what: String)
    /// No token of the user has this number.
    case unknownToken(String)
    /// The folder has users already.
    case folderHasUsers(Int)
    /// The number of users or entries asked for is out of range.
    case seedOutOfRange(name: String, range: String)
}

extension WorkspaceError: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .unknownUser(let name): "there is no user \(name); coffer user list shows who there is"
        case .ambiguousUser(let name): "several users are called \(name); name one by id or e-mail"
        case .emailTaken(let email): "\(email) is taken by another user"
        case .badEmail(let text): "\(text) is not an e-mail address; expected name@domain"
        case .badName:
            "the name has to be 1 to \(Workspace.userNameBytesMax) bytes long, without control characters"
        case .badRole(let text): "\(text) is no role; expected user, admin or enterprise"
        case .ownerIsFixed: "the owner of this server stays its owner and cannot be removed"
        case .badQuota:
            "a quota is \(OAuthLimits.quotaRange.lowerBound) to \(OAuthLimits.quotaRange.upperBound) requests a second, and as "
                + "many at once"
        case .noQuota(let name): "\(name) has no quota; coffer quota list shows who has"
        case .badPassword(let reason): "the password \(reason)"
        case .unknownCurrency(let code):
            "no currency or coin has the code \(code); codes are such as USD, EUR or BTC"
        case .unknownZone(let name):
            "\(name) is no time zone; expected a name of the time-zone database such as Europe/London"
        case .repeatedChange(let day):
            "two methods or two scopes are to hold from \(day); keep one of them"
        case .washSalesNeedLots(let method):
            "wash sales are counted lot by lot, and \(method) shares costs; set gains.wash_sales to off, or choose "
                + "fifo, lifo, hifo, lofo or specific for the whole time"
        case .unknownChoice(let name, let text): "\(text) is no \(name)"
        case .yearIsClosed(let year):
            "\(year) is closed already; coffer years reopen \(year) takes that back"
        case .yearIsOpen(let year): "\(year) is not closed; coffer years list shows those that are"
        case .yearIsNotOver(let year): "\(year) is not over, so it cannot be closed; close an earlier year"
        case .unknownDisposal(let entry):
            "entry \(entry) is no disposal, or not one of the year and asset asked for; coffer gains lists them"
        case .unknownPortfolio(let name): "there is no portfolio \(name); coffer portfolio list shows them"
        case .unknownAccount(let name): "there is no account \(name)"
        case .invertedRange(let from, let to):
            "the range ends at \(to), before it begins at \(from); swap them"
        case .tooManyPoints(let step, let limit):
            "the range has more than \(limit) \(step) points; choose a shorter range or a longer step"
        case .badBenchmark(let reason): "the benchmark \(reason)"
        case .unpricedBenchmark(let code, let time):
            "the benchmark \(code) has no price at \(time); import older prices or begin the range later"
        case .unknownImport(let number, let state):
            state.map { "import \(number) is \($0) and cannot be undone" }
                ?? "there is no import \(number); coffer batches lists them"
        case .importIsTracked(let number, let what):
            "import \(number) keeps an \(what); change or delete the \(what) itself instead of undoing it"
        case .unknownToken(let number): "there is no token \(number); coffer token list shows them"
        case .folderHasUsers(let count):
            "the data folder has \(count) users already; name an empty one with --data DIR"
        case .seedOutOfRange(let name, let range): "--\(name) must be \(range)"
        }
    }
}
