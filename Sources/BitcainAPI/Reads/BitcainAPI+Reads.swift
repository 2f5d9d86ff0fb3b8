import Dialects
import HTTPServer
import JSON
import Money
import MoneyJSON
import Services
import Time

extension BitcainAPI {
    var health: HTTPHandler {
        { _, _ in
            var json = JSONWriter()
            json.beginObject()
            json.key("status")
            json.string("healthy")
            json.key("service")
            json.string("portfolio")
            json.key("timestamp")
            json.time(workspace.time.cutToSecond)
            json.endObject()
            return .json(json.finish())
        }
    }

    /// The venue of `/balances` when the request names none.
    static let defaultVenue = "binanceus"

    var balances: AuthorizedHandler {
        { request, caller, responder in
            let venue = request.query("exchange") ?? BitcainAPI.defaultVenue
            return read(caller, responder, key: "balances:" + venue) { time in
                let report = try workspace.valuedBalances(
                    of: caller.principal.user,
                    venue: venue.lowercased(),
                    currency: .usd,
                    at: time
                )
                return BitcainBodies.balances(report, exchange: venue, time: time)
            }
        }
    }

    var aggregate: AuthorizedHandler {
        { _, caller, responder in
            read(caller, responder, key: "aggregate") { time in
                let report = try workspace.venueTotals(of: caller.principal.user, currency: .usd, at: time)
                return BitcainBodies.aggregate(report, time: time)
            }
        }
    }

    var costBasis: AuthorizedHandler {
        { _, caller, responder in
            read(caller, responder, key: "cost-basis") { time in
                BitcainBodies.costBasis(
                    try workspace.positions(of: caller.principal.user, settings: settings, at: time)
                )
            }
        }
    }

    var lots: AuthorizedHandler {
        { _, caller, responder in
            read(caller, responder, key: "lots") { _ in
                let report = try workspace.lots(
                    of: caller.principal.user,
                    settings: settings,
                    includingClosed: true
                )
                return BitcainBodies.lots(report.lots)
            }
        }
    }

    var rebuild: AuthorizedHandler {
        { request, caller, responder in
            let user = caller.principal.user
            let work: @Sendable () throws -> KeptAnswer = {
                let summary = try workspace.rebuildLots(of: user, settings: settings)
                return KeptAnswer(status: 200, body: BitcainBodies.rebuild(summary, time: workspace.time))
            }
            let key = IdempotencyKey(request)
            if case .malformed = key { return BitcainErrors.malformedKey }
            return offload(responder, caller) {
                guard let claim = key.claim(request) else {
                    return .json(try work().body)
                }
                return .json(try workspace.once(claim, of: user, work).body)
            }
        }
    }

    /// bitcain counts in USD by FIFO over all accounts.
    var settings: ReportSettings { ReportSettings(currency: "USD") }
}

extension Timestamp {
    /// The same instant without its fraction of a second, as bitcain writes times.
    var cutToSecond: Timestamp { Timestamp(seconds: seconds) }
}
