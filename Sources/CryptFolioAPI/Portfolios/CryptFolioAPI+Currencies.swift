import Dialects
import HTTPServer
import JSON
import Money
import Services

extension FieldReader {
    /// The codes in `currencies` and in `currency`, of which one must be there.
    fileprivate mutating func codes() -> [String] {
        let several = currencies("currencies")
        let one = several == nil || has("currency") ? [currency("currency")] : []
        let codes = (several ?? []) + one
        if codes.isEmpty { refuse("currencies can't be blank") }
        return codes
    }
}

extension CryptFolioAPI {
    func addCurrencyRoutes(to routes: inout RouteAdder) {
        let path = "/portfolios/{portfolio_id}/currencies"
        routes.add(
            path,
            name: "portfolio_currencies",
            reading("portfolio-currencies") { read in currencies.list(try portfolio(read).currencies) }
        )
        for (path, suffix) in [(path, ""), (CryptFolioAPI.literalCurrencies, "_literal")] {
            routes.add(
                .post,
                path,
                name: "portfolio_currency_add" + suffix,
                admission: desk.admission(.writing),
                changeCurrencies(.writing) { codes, _ in (codes, []) }
            )
            routes.add(
                .delete,
                path,
                name: "portfolio_currency_remove" + suffix,
                admission: desk.admission(.deleting),
                changeCurrencies(.deleting) { codes, known in
                    // What is not there cannot be taken away.
                    guard codes.allSatisfy({ code in known.contains { $0.code == code.lowercased() } }) else {
                        throw TrackingRefusal.notFound
                    }
                    return ([], codes)
                }
            )
        }
    }

    /// Which currencies are meant, and of which portfolio where the path does not say.
    private struct Order: Sendable {
        let codes: [String]
        let portfolio: String?
    }

    private func changeCurrencies(
        _ rule: ScopeRule,
        _ plan:
            @escaping @Sendable ([String], [Asset]) throws -> (adding: [String], removing: [String])
    ) -> HTTPHandler {
        writing(rule, query: rule == .deleting ? ["currency", "currencies"] : []) { fields, request in
            // Many clients and proxies take the body of a DELETE away.
            let isInBody = fields.has("currencies") || fields.has("currency")
            let codes =
                rule != .deleting || isInBody || request.rawQuery.isEmpty
                ? fields.codes() : fields.inQuery { $0.codes() }
            return Order(
                codes: codes,
                portfolio: fields.text("portfolio_id") ?? request.query("portfolio_id")
            )
        } _: { order, path, caller, claim in
            let portfolio = try portfolio(path, order.portfolio, caller)
            let change = try plan(order.codes, portfolio.currencies)
            return try workspace.changeTrackedCurrencies(
                of: portfolio.id,
                of: caller.principal.user,
                adding: change.adding,
                removing: change.removing,
                claim: claim,
                answer: { kept(currencies.list($0.currencies)) },
                kept: { $0 }
            )
        }
    }

    /// The portfolio of the path; of the path without one that of `portfolio_id`, or the only one.
    private func portfolio(
        _ path: PathParameters,
        _ named: String?,
        _ caller: Caller
    ) throws -> TrackedPortfolio {
        let number = path["portfolio_id"]
        if !number.isEmpty { return try portfolio(number: number, caller) }
        if let named { return try portfolio(number: named, caller) }
        let all = try workspace.trackedPortfolios(of: caller.principal.user)
        guard all.count == 1 else {
            throw TrackingRefusal.invalid(["portfolio_id must be given; there are \(all.count) portfolios"])
        }
        return all[0]
    }
}
