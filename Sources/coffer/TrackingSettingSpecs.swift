import CommandLine
import Services

/// The settings of how much may be tracked.
enum TrackingSettingSpecs {
    static let specs: [SettingSpec] = [
        count("tracking.portfolios_max", 1...10_000, "100", "the most portfolios of one user"),
        count(
            "tracking.accounts_max",
            1...100_000,
            "1000",
            "the most accounts of one user in CryptFolio's portfolios, those of imports among them"
        ),
        count("tracking.addresses_max", 1...100_000, "1000", "the most addresses of one user"),
        count("tracking.offsets_max", 1...100_000, "1000", "the most offsets of one user"),
        count("tracking.currencies_max", 1...1000, "100", "the most reporting currencies of one portfolio"),
        count("tracking.offset_currencies_max", 1...5000, "500", "the most currencies of one offset"),
    ]

    private static func count(
        _ name: String,
        _ range: ClosedRange<Int>,
        _ standard: String,
        _ summary: String
    ) -> SettingSpec {
        SettingSpec(name, .integer(range), default: standard, summary)
    }

    /// What a workspace takes of them.
    static func limits(_ settings: Settings) -> TrackingLimits {
        var limits = TrackingLimits()
        limits.portfoliosMax = settings.integer("tracking.portfolios_max")
        limits.accountsMax = settings.integer("tracking.accounts_max")
        limits.addressesMax = settings.integer("tracking.addresses_max")
        limits.offsetsMax = settings.integer("tracking.offsets_max")
        limits.currenciesMax = settings.integer("tracking.currencies_max")
        limits.balancesPerOffsetMax = settings.integer("tracking.offset_currencies_max")
        return limits
    }
}
