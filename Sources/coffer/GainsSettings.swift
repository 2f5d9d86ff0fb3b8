import CommandLine
import CostBasis
import Services

/// The settings of gains: the choices that honest programs make differently.
enum GainsSettings {
    /// The keys of what every report of lots takes as an option.
    static let shared = [
        "report.currency", "gains.method", "gains.scope", "gains.from", "gains.timezone", "gains.ties",
        "gains.transfer_fees", "gains.gifts", "gains.losses", "gains.wash_sales", "gains.allocation",
    ]
    /// The keys of what the report of gains takes besides.
    static let ofGains = [
        "gains.long_term", "gains.exempt_after", "gains.rounding", "gains.year_start", "gains.fees",
    ]

    static let replaced = [
        ReplacedSetting("gains.long_term_days", instead: "gains.long_term instead, such as 365d or 1y")
    ]

    static let specs: [SettingSpec] = [
        choice(
            "gains.method",
            LotMethod.self,
            .fifo,
            flag: "method",
            placeholder: "METHOD",
            "which lots a disposal uses first"
        ),
        choice(
            "gains.scope",
            LotScope.self,
            .universal,
            flag: "scope",
            placeholder: "SCOPE",
            "one pool of lots for all accounts, or one for each"
        ),
        SettingSpec(
            "gains.from",
            .list(
                SettingForm("a day and what holds from it on, such as 2025-01-01=wallet or 2024-04-06=s104") {
                    ReportChange(text: $0) != nil
                }
            ),
            flag: "from",
            placeholder: "DATE=WORD",
            "another method or scope from a day on"
        ),
        SettingSpec(
            "gains.timezone",
            .formed(SettingForm("the name of a time zone such as Europe/London") { TaxZone.isKnown($0) }),
            default: "UTC",
            flag: "timezone",
            placeholder: "ZONE",
            "the time zone whose days count for tax"
        ),
        choice(
            "gains.ties",
            LotTies.self,
            .oldestFirst,
            flag: "ties",
            placeholder: "WHICH",
            "which of equally dear lots hifo and lofo use first"
        ),
        SettingSpec(
            "gains.long_term",
            .formed(period("")),
            default: "1y",
            flag: "long-term",
            placeholder: "PERIOD",
            "a lot held for longer is long term"
        ),
        SettingSpec(
            "gains.exempt_after",
            .formed(period(", or none", or: ReportSettings.noPeriod)),
            default: ReportSettings.noPeriod,
            flag: "exempt-after",
            placeholder: "PERIOD",
            "the gain on a lot held for longer is exempt"
        ),
        choice(
            "gains.transfer_fees",
            TransferFees.self,
            .disposal,
            flag: "transfer-fees",
            placeholder: "HOW",
            "whether the network fee of a transfer is a disposal or joins the cost of what moved"
        ),
        choice(
            "gains.gifts",
            GiftRule.self,
            .atCost,
            flag: "gifts",
            placeholder: "HOW",
            "whether gifts bring their cost, without a gain, or their value"
        ),
        choice(
            "gains.losses",
            LossRule.self,
            .atCost,
            flag: "losses",
            placeholder: "HOW",
            "whether coins lost or stolen bring their cost, without a loss, or zero"
        ),
        SettingSpec(
            "gains.wash_sales",
            .choice(["off", "on"]),
            default: "off",
            flag: "wash-sales",
            placeholder: "on|off",
            "whether a loss on coins bought again within 30 days is denied and joins their cost"
        ),
        choice(
            "gains.rounding",
            ReportRounding.self,
            .exact,
            flag: "rounding",
            placeholder: "HOW",
            "whether proceeds and cost of each disposal are rounded to the currency's decimals or to whole units"
        ),
        SettingSpec(
            "gains.year_start",
            .formed(
                SettingForm("a month and a day from 01 to 28, such as 04-06") {
                    YearStart(text: $0)?.text == $0
                }
            ),
            default: "01-01",
            flag: "year-start",
            placeholder: "MM-DD",
            "the day on which tax years start; a year is named by the calendar year of that day"
        ),
        choice(
            "gains.allocation",
            LotAllocation.self,
            .acquired,
            flag: "allocation",
            placeholder: "ORDER",
            "which lots an account gets first when the scope becomes wallet"
        ),
        choice(
            "gains.fees",
            FeeDisplay.self,
            .within,
            flag: "fees",
            placeholder: "HOW",
            "whether proceeds are shown after the fee or before it; the gain is the same"
        ),
    ]

    private static func choice<Choice: NamedChoice>(
        _ key: String,
        _: Choice.Type,
        _ standard: Choice,
        flag: String,
        placeholder: String,
        _ summary: String
    ) -> SettingSpec {
        SettingSpec(
            key,
            .choice(Choice.names),
            default: standard.name,
            flag: flag,
            placeholder: placeholder,
            summary
        )
    }

    private static func period(_ suffix: String, or word: String? = nil) -> SettingForm {
        SettingForm(
            "a number of years or days such as 1y or 365d, at most \(HoldingPeriod.numberMax)\(suffix)"
        ) {
            $0 == word || HoldingPeriod(text: $0) != nil
        }
    }

    /// The settings of reports after flags, environment and file.
    static func reportSettings(_ settings: Settings) -> ReportSettings {
        var report = ReportSettings(
            currency: settings.text("report.currency"),
            method: settings.text("gains.method"),
            scope: settings.text("gains.scope")
        )
        report.from = settings.texts("gains.from")
        report.zone = settings.text("gains.timezone")
        report.ties = settings.text("gains.ties")
        report.longTerm = settings.text("gains.long_term")
        report.exemptAfter = settings.text("gains.exempt_after")
        report.transferFees = settings.text("gains.transfer_fees")
        report.gifts = settings.text("gains.gifts")
        report.losses = settings.text("gains.losses")
        report.washSales = settings.text("gains.wash_sales") == "on"
        report.rounding = settings.text("gains.rounding")
        report.yearStart = settings.text("gains.year_start")
        report.allocation = settings.text("gains.allocation")
        report.fees = settings.text("gains.fees")
        return report
    }
}
