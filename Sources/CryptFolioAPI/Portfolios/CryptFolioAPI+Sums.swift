import Dialects
import HTTPServer
import Money
import Services

extension CryptFolioAPI {
    func addSumRoutes(to routes: inout RouteAdder) {
        let one = "/portfolios/{portfolio_id}"
        for (path, suffix) in [("", ""), ("/{currency}", "_of_currency")] {
            routes.add(
                one + "/balances" + path,
                name: "balances" + suffix,
                reading("balances", for: .second) { read in
                    bodies.balances(
                        try workspace.currencySums(
                            of: portfolioID(read),
                            of: read.user,
                            currency: read.currency,
                            at: read.time
                        )
                    )
                }
            )
            routes.add(
                one + "/balances" + path + "/history",
                name: "balances_history" + suffix,
                reading("balances-history", for: .minute) { read in
                    bodies.balances(
                        try workspace.sumHistory(
                            of: portfolioID(read),
                            of: read.user,
                            currency: read.currency,
                            at: read.time
                        )
                    )
                }
            )
        }
        routes.add(
            one + "/converted",
            name: "converted",
            reading("converted", for: .second) { read in
                bodies.converted(
                    try workspace.convertedSums(of: portfolioID(read), of: read.user, at: read.time)
                )
            }
        )
        routes.add(
            one + "/converted/history",
            name: "converted_history",
            reading("converted-history", for: .minute) { read in
                bodies.converted(
                    try workspace.convertedHistory(of: portfolioID(read), of: read.user, at: read.time)
                )
            }
        )
        routes.add(
            one + "/inventory",
            name: "inventory",
            reading("inventory", for: .second) { read in
                bodies.balances(try workspace.inventory(of: portfolioID(read), of: read.user, at: read.time))
            }
        )
    }

    private func portfolioID(_ read: OwnRead) throws -> PortfolioID {
        try TrackedTarget.portfolio(read.path)
    }
}

extension OwnRead {
    /// The code that the path names; nil where it names none.
    fileprivate var currency: String? {
        let code = path["currency"]
        return code.isEmpty ? nil : code
    }
}
