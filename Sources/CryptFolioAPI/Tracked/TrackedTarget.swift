import Dialects
import HTTPServer
import Ledger
import Services

/// An account, address or offset of a portfolio, by the numbers that a request gives.
struct TrackedTarget: Sendable {
    let portfolio: PortfolioID
    let id: AccountID

    /// The one that a path names.
    ///
    /// - Throws: `TrackingRefusal.notFound` for what is no number: there is none of it.
    init(_ path: PathParameters) throws {
        try self.init(path, id: path["id"])
    }

    /// The one of a number in a path's portfolio.
    ///
    /// - Throws: as above.
    init(_ path: PathParameters, id: String) throws {
        portfolio = try TrackedTarget.portfolio(path)
        guard let id = TrackedNumber.account(id) else { throw TrackingRefusal.notFound }
        self.id = id
    }

    /// The portfolio that a path names.
    ///
    /// - Throws: as above.
    static func portfolio(_ path: PathParameters) throws -> PortfolioID {
        guard let portfolio = TrackedNumber.portfolio(path["portfolio_id"]) else {
            throw TrackingRefusal.notFound
        }
        return portfolio
    }
}

extension FieldReader {
    /// The number of what is to be deleted, in the path, in the query or in the body.
    mutating func target(_ request: HTTPRequest) -> String {
        if let id = request.parameter("id") { return id }
        if let id = request.query("id") { return id }
        return required("id")
    }
}

extension CryptFolioAPI {
    /// The routes that accounts, addresses and offsets have alike.
    func addDeletion(
        _ path: String,
        name: String,
        to routes: inout RouteAdder,
        _ delete:
            @escaping @Sendable (TrackedTarget, Caller, IdempotencyClaim?) throws -> KeptAnswer
    ) {
        let handler = writing(.deleting) { fields, request in
            fields.target(request)
        } _: { id, path, caller, claim in
            try delete(try TrackedTarget(path, id: id), caller, claim)
        }
        for (path, suffix) in [(path, "_delete_one"), (path + "/{id}", "_delete")] {
            routes.add(
                .delete,
                path,
                name: name + suffix,
                admission: desk.admission(.deleting),
                handler
            )
        }
    }
}
