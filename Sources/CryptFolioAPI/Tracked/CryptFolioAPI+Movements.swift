import Dialects
import HTTPServer
import Services

extension CryptFolioAPI {
    /// The transactions, under both of their names, and the daily history of an account, address or offset.
    ///
    /// The closure makes sure that it is one of its sort.
    func addMovementRoutes(
        _ one: String,
        name: String,
        to routes: inout RouteAdder,
        _ check: @escaping @Sendable (OwnRead) throws -> Void
    ) {
        for path in ["txns", "transactions"] {
            routes.add(
                one + "/" + path,
                name: name + "_" + path,
                reading(name + "-txns", hasPages: true) { read in
                    try check(read)
                    let target = try TrackedTarget(read.path)
                    return try bodies.transactions { take in
                        try workspace.forEachTransaction(
                            of: target.id,
                            in: target.portfolio,
                            of: read.user,
                            skipping: read.page.offset,
                            limit: read.page.limit ?? .max,
                            take
                        )
                    }
                }
            )
        }
        routes.add(
            one + "/history",
            name: name + "_history",
            reading(name + "-history", for: .minute) { read in
                try check(read)
                let target = try TrackedTarget(read.path)
                return bodies.balances(
                    try workspace.history(of: target.id, in: target.portfolio, of: read.user, at: read.time)
                )
            }
        )
    }
}
