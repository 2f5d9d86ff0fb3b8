/// Why something is not done with a tracked portfolio or what is in it: the caller's fault, said in words.
public enum TrackingRefusal: Error, Hashable, Sendable {
    /// There is none of this number, or it is another user's.
    case notFound
    /// No currency or coin has this code.
    case unknownCurrency(String)
    /// What is wrong with what was given, a sentence each.
    case invalid([String])
    /// Nothing was read of it yet.
    case notReady
    /// The user has as many of these as may be.
    case tooMany(String, limit: Int)
}

extension TrackingRefusal: CustomStringConvertible {
    /// One sentence for people: what was wrong and what to do.
    public var description: String {
        switch self {
        case .notFound:
            "nothing has this number; coffer address list, offset list and portfolio list show what there is"
        case .unknownCurrency(let code):
            "no currency or coin has the code \(code.prefix(TrackingLimits.shownCharactersMax)); expected such as btc or usd"
        case .invalid(let problems): problems.joined(separator: "; ")
        case .notReady: "nothing was read of it yet; try again in a moment"
        case .tooMany(let things, let limit): "there may be at most \(limit) \(things); remove some first"
        }
    }
}

/// The bounds of what is tracked.
public struct TrackingLimits: Hashable, Sendable {
    /// Portfolios of one user.
    public var portfoliosMax = 100
    /// Accounts of one user, those of imports among them.
    public var accountsMax = 1000
    /// Addresses of one user.
    public var addressesMax = 1000
    /// Offsets of one user.
    public var offsetsMax = 1000
    /// Reporting currencies of one portfolio.
    public var currenciesMax = 100
    /// Currencies of one offset.
    public var balancesPerOffsetMax = 500
    /// Characters of a title.
    public var titleCharactersMax = 100
    /// Characters of a text that is shown in a refusal.
    public static let shownCharactersMax = 40

    /// The usual limits.
    public init() {}

    /// What is wrong with a title, if anything.
    public func problem(withTitle title: String) -> String? {
        let scalars = title.unicodeScalars
        guard scalars.contains(where: { !$0.properties.isWhitespace }) else { return "title can't be blank" }
        guard scalars.count <= titleCharactersMax else {
            return "title is too long (maximum is \(titleCharactersMax) characters)"
        }
        guard scalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            return "title must not have control characters"
        }
        return nil
    }
}
