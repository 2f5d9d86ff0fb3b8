public import Money
public import Time

/// The one series that prices an asset and the way on from there, where nothing else can be chosen at any instant.
struct PlainWay {
    let series: PriceSeries
    /// The assets after the first hop: the currency, or a hub and the currency.
    let tail: [AssetID]
    let freshMicroseconds: Int64

    /// Nil where several series or ways are to be chosen from, or the second hop has no price at the first instant.
    init?(from asset: AssetID, to currency: AssetID, since start: Int64?, _ valuer: Valuer) {
        let hubs = valuer.settings.hubs.filter { $0 != asset && $0 != currency }
        var found: (pair: PricePair, series: PriceSeries)?
        for target in [currency] + hubs {
            let pair = PricePair(base: asset, quote: target)
            guard valuer.book.series(of: pair.inverted).isEmpty else { return nil }
            let series = valuer.book.series(of: pair)
            guard let first = series.first else { continue }
            guard series.count == 1, found == nil else { return nil }
            found = (pair, first.series)
        }
        guard let found else { return nil }
        var tail = [found.pair.quote]
        if found.pair.quote != currency {
            guard let since = valuer.firstHopTime(from: found.pair.quote, to: currency), let start,
                since.microseconds <= start
            else { return nil }
            tail.append(currency)
        }
        series = found.series
        self.tail = tail
        freshMicroseconds = valuer.freshSeconds(of: found.pair) * 1_000_000
    }
}

extension Valuer {
    /// The first instant at which a price leads straight from one asset to another, either way.
    func firstHopTime(from: AssetID, to: AssetID) -> Timestamp? {
        let pair = PricePair(base: from, quote: to)
        return [book.firstTime(of: pair), book.firstTime(of: pair.inverted)].compactMap { $0 }.min()
    }

    /// The first instant at which an asset has a value in another, nil for never.
    ///
    /// From then on it always has one, however old.
    public func firstTime(from: AssetID, to: AssetID) -> Timestamp? {
        guard from != to else { return .earliest }
        let hubs = settings.hubs.filter { $0 != from && $0 != to }
        var best = firstHopTime(from: from, to: to)
        func consider(_ hops: [Timestamp?]) {
            var latest = Timestamp.earliest
            for hop in hops {
                guard let hop else { return }
                latest = max(latest, hop)
            }
            best = best.map { min($0, latest) } ?? latest
        }
        for first in hubs {
            guard let start = firstHopTime(from: from, to: first) else { continue }
            consider([start, firstHopTime(from: first, to: to)])
            for second in hubs where second != first {
                consider([start, firstHopTime(from: first, to: second), firstHopTime(from: second, to: to)])
            }
        }
        return best
    }
}
