import Dialects
import HTTPServer
import JSON
import Money
import Services

extension CryptFolioAPI {
    func addPublicRoutes(to routes: inout RouteAdder) {
        routes.add("/currencies", name: "currencies", everyone { _ in currencies.list(.all) })
        routes.add(
            "/currencies/cryptocurrencies",
            name: "cryptocurrencies",
            everyone { _ in currencies.list(.cryptocurrencies) }
        )
        routes.add("/currencies/fiat", name: "fiat", everyone { _ in currencies.list(.fiat) })
        routes.add("/currencies/tokens", name: "tokens", everyone { _ in currencies.list(.tokens) })
        routes.add(
            "/currencies/{code}",
            name: "currency",
            everyone { path in currencies.one(try Workspace.publicAsset(path["code"])) }
        )
        routes.add(
            "/currencies/{code}/exchanges",
            name: "currency_exchanges",
            lookedUp { path in
                let asset = try Workspace.publicAsset(path["code"])
                let keys = Set(try workspace.publicRates(with: asset).map(\.source))
                return currencies.sources("exchanges", PublicPriceSource.all.filter { keys.contains($0) })
            }
        )
        for name: StaticString in ["exchanges", "sources"] {
            routes.add(
                "/\(name)",
                name: "\(name)",
                everyone { _ in currencies.sources(name, PublicPriceSource.all) }
            )
        }
        for name in ["exchanges", "source"] {
            routes.add(
                "/\(name)/{key}",
                name: "\(name)_one",
                lookedUp { path in
                    let source = try Workspace.publicSource(path["key"])
                    return currencies.source(source, rates: try workspace.publicRates(of: source))
                }
            )
        }
        addRateRoutes(to: &routes)
        routes.add("/status", name: "status", status)
    }

    private func addRateRoutes(to routes: inout RouteAdder) {
        routes.add(
            "/exchanges/{key}/{currency1}/{currency2}",
            name: "exchange_rate",
            lookedUp { path in
                let source = try Workspace.publicSource(path["key"])
                let rates = try workspace.publicRates(
                    from: try Workspace.publicAsset(path["currency1"]),
                    to: try Workspace.publicAsset(path["currency2"]),
                    at: source
                )
                return currencies.rate(rates[0])
            }
        )
        routes.add(
            "/rates",
            name: "rates",
            lookedUp { _ in currencies.rates(try workspace.publicRates()) }
        )
        routes.add(
            "/rate/{currency1}/{currency2}",
            name: "rate",
            lookedUp { path in
                currencies.rates(
                    try workspace.publicRates(
                        from: try Workspace.publicAsset(path["currency1"]),
                        to: try Workspace.publicAsset(path["currency2"])
                    )
                )
            }
        )
    }

    /// A read that needs no credential and whose result is at hand.
    private func everyone(
        _ render: @escaping @Sendable (PathParameters) throws -> [UInt8]
    ) -> HTTPHandler {
        { request, _ in
            if let refusal = refusal(of: request) { return refusal }
            do {
                return success(try render(PathParameters(request)))
            } catch {
                return desk.response(to: error, request.id)
            }
        }
    }

    /// A read that needs no credential and may have to wait for prices.
    private func lookedUp(
        _ render: @escaping @Sendable (PathParameters) throws -> [UInt8]
    ) -> HTTPHandler {
        { request, responder in
            if let refusal = refusal(of: request) { return refusal }
            let path = PathParameters(request)
            return desk.offload(responder, nil) { success(try render(path)) }
        }
    }

    /// What is said to an address that asks more often than it may.
    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        let key = "address:" + request.limitAddress
        return publicRates?.refusal(for: key, atMicroseconds: request.arrivedMicroseconds)
            .map { errors.tooManyRequests($0) }
    }

    /// What works: `tickers` once prices are at hand, `jobs` where what runs in the background may write.
    private var status: HTTPHandler {
        everyone { _ in
            var json = JSONWriter()
            json.beginObject()
            let parts =
                (workspace.isReady ? ["tickers"] : []) + (workspace.access == .writing ? ["jobs"] : [])
            json.array("ok", parts) { json, name in
                json.string(name)
            }
            json.endObject()
            return json.finish()
        }
    }
}
