import Dialects
import HTTPServer
import Money
import Services
import Time

extension BitcainAPI {
    func addHistoryRoutes(to router: inout Router) {
        let base = BitcainAPI.base
        router.add(
            .get,
            base + "/value-history",
            name: "bitcain.value_history",
            authorized(.read, valueHistory)
        )
        router.add(.get, base + "/history", name: "bitcain.history", authorized(.read, history))
        router.add(
            .get,
            base + "/history/performance",
            name: "bitcain.performance",
            authorized(.read, performance)
        )
        router.add(.get, base + "/history/export", name: "bitcain.export", authorized(.read, export))
    }

    /// The most days of `/value-history`.
    static let valueHistoryDaysMax = 365

    private var valueHistory: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let days = QueryValue.integer(
                "days",
                in: request,
                default: 30,
                from: 1,
                through: BitcainAPI.valueHistoryDaysMax,
                errors: &errors
            )
            guard errors.isEmpty else { return BitcainErrors.validation(errors) }
            return read(caller, responder, key: "value-history:\(days)", at: minute) { time in
                let (currency, values) = try workspace.dayValues(
                    of: caller.principal.user,
                    days: days,
                    currency: "USD",
                    at: time
                )
                return BitcainBodies.dayValues(values, days: days, currency: currency.displayCode)
            }
        }
    }

    private var history: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let query = HistoryQuery(request, errors: &errors)
            guard errors.isEmpty else { return BitcainErrors.validation(errors) }
            return read(caller, responder, key: "history:" + query.key, at: minute) { time in
                BitcainBodies.history(try points(query, caller, time))
            }
        }
    }

    private var export: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let query = HistoryQuery(request, errors: &errors)
            let preferred: ExportFormat = AcceptHeader.prefersCSV(request.header("accept")) ? .csv : .json
            let format = QueryValue.choice("format", in: request, default: preferred, errors: &errors)
            guard errors.isEmpty else { return BitcainErrors.validation(errors) }
            guard format == .csv else {
                return read(caller, responder, key: "history:" + query.key, at: minute) { time in
                    BitcainBodies.history(try points(query, caller, time))
                }
            }
            let name = "portfolio-history-\(query.timeframe.rawValue).csv"
            return read(caller, responder, key: "csv:" + query.key, at: minute) { bytes in
                HTTPResponse(
                    status: 200,
                    contentType: "text/csv; charset=utf-8",
                    headers: [HTTPHeader("Content-Disposition", "attachment; filename=\"\(name)\"")],
                    body: bytes
                )
            } _: { time in
                BitcainBodies.historyCSV(try points(query, caller, time))
            }
        }
    }

    private var performance: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let query = HistoryQuery(request, errors: &errors)
            guard errors.isEmpty else { return BitcainErrors.validation(errors) }
            return read(caller, responder, key: "performance:" + query.key, at: minute) { time in
                let report = try workspace.portfolioPerformance(
                    of: caller.principal.user,
                    portfolio: try query.portfolio.map { try visible($0, nil, to: caller) },
                    timeframe: query.timeframe,
                    currency: query.currency,
                    at: time
                )
                return BitcainBodies.performance(report, timeframe: query.timeframe)
            }
        }
    }

    private func points(_ query: HistoryQuery, _ caller: Caller, _ time: Timestamp) throws -> PortfolioHistory
    {
        try workspace.history(
            of: caller.principal.user,
            portfolio: try query.portfolio.map { try visible($0, nil, to: caller) },
            timeframe: query.timeframe,
            currency: query.currency,
            at: time
        )
    }

    /// The start of the present minute: answers about a history hold that long unless something changes.
    private var minute: Timestamp {
        let seconds = workspace.time.seconds
        return Timestamp(seconds: seconds - (seconds % 60 + 60) % 60)
    }
}

/// The parameters that histories share.
struct HistoryQuery: Sendable {
    let timeframe: HistoryTimeframe
    let portfolio: String?
    let currency: String

    init(_ request: HTTPRequest, errors: inout [ValidationItem]) {
        timeframe = QueryValue.choice("timeframe", in: request, default: .month, errors: &errors)
        portfolio = request.query("portfolio_id")
        currency = request.query("currency") ?? "USD"
    }

    /// The text by which answers are told apart.
    var key: String { "\(timeframe.rawValue):\(portfolio ?? ""):\(currency)" }
}

/// How a history is exported.
private enum ExportFormat: String, CaseIterable, Sendable {
    case json
    case csv
}

/// What a client says that it takes.
enum AcceptHeader {
    /// Whether CSV is named and preferred to JSON (RFC 9110, 12.5.1).
    static func prefersCSV(_ header: String?) -> Bool {
        guard let header else { return false }
        let csv = quality("text/csv", in: header)
        return csv > 0 && csv > quality("application/json", in: header)
    }

    /// The weight of a type that is named, in thousandths; zero where it is not.
    private static func quality(_ type: String, in header: String) -> Int {
        for part in header.lowercased().split(separator: ",") {
            let pieces = part.split(separator: ";").map { piece in
                String(piece.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard pieces.first == type else { continue }
            guard let weight = pieces.dropFirst().first(where: { $0.hasPrefix("q=") })?.dropFirst(2) else {
                return 1000
            }
            return thousandths(weight)
        }
        return 0
    }

    /// A weight such as `0.5`; one that is none counts for nothing.
    private static func thousandths(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0] == "0" || parts[0] == "1" else { return 0 }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.count <= 3,
            let value = Int(decimals + String(repeating: "0", count: 3 - decimals.count))
        else { return 0 }
        return min(1000, (parts[0] == "1" ? 1000 : 0) + value)
    }
}
