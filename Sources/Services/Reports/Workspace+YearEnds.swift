import CostBasis
import Ledger
import Money
import Storage
import Time

extension Workspace {
    /// What was held at the end of each tax year from the first entry to the last, or of one year.
    ///
    /// Quantities and costs are those of a history that ends there. In a year that is not over it ends now.
    func yearEnds(of computed: ComputedLots, year: Int?) throws -> [YearEnd] {
        let lots = computed.lots
        let book = computed.snapshot.book
        guard book.count > 0 else { return [] }
        let years =
            lots.taxYear(of: book.row(at: 0).time)...lots.taxYear(of: book.row(at: book.count - 1).time)
        let now = now()
        return try years.filter { year == nil || $0 == year }.compactMap { year in
            guard let end = lots.end(ofYear: year) else { return nil }
            let time = min(end, max(now, book.row(at: 0).time))
            let report = try holdings(computed, at: time)
            return YearEnd(
                year: year,
                time: time,
                holdings: report.holdings,
                value: report.totalValue,
                cost: try Workspace.sum(report.holdings.compactMap(\.cost))
            )
        }
    }
}

extension LotBook {
    /// The last instant of a tax year, or nil outside years 1 to 9998.
    func end(ofYear year: Int) -> Timestamp? {
        guard let next = settings.yearStart.firstDay(of: year + 1) else { return nil }
        // Days never go backwards, and a local day begins at most 26 hours from that of UTC.
        var low = next.start.seconds - 30 * 3600
        var high = next.start.seconds + 30 * 3600
        while low < high {
            let middle = low + (high - low) / 2
            if taxDay(of: Timestamp(seconds: middle)) < next { low = middle + 1 } else { high = middle }
        }
        return Timestamp(seconds: low).advanced(byMicroseconds: -1)
    }
}
