/// The references of entries of Binance.US, made alike by the reader of its API and by the importer of its report.
///
/// * A fill has pair, order and its own number: `BTCUSD-100234-28457`. The API numbers the fills of a pair; the report has
///   the number of the booking instead, which is written with a `T`: `BTCUSD-100234-T125143`. So of a fill both know the
///   order alone.
/// * What the venue gave has the number of its booking, which both have: `2968885920-flr`.
/// * A transfer from or to a bank has the id of its order, which both have.
/// * Deposits and withdrawals of coins have numbers in the report that the API does not know: `report-38078398`.
///
/// Source: docs.binance.us, "Get Trades", "Get Asset Distribution History", "Get Fiat Deposit History"; the columns
/// `Order ID` and `Transaction ID` of the report.
public enum BinanceReference {
    /// The reference of a fill as the API tells it.
    public static func fill(pair: String, order: Int64?, number: Int64) -> String {
        order.map { "\(pair)-\($0)-\(number)" } ?? "\(pair)-\(number)"
    }

    /// The reference of a fill as the report tells it; nil where the ids are no numbers.
    public static func fill(pair: String, order: String, booking: String) -> String? {
        guard isNumber(order), isNumber(booking) else { return nil }
        return "\(pair)-\(order)-T\(booking)"
    }

    /// The reference of something given; `asset` in lower case.
    public static func gift(booking: String, asset: String) -> String { "\(booking)-\(asset)" }

    /// The reference of a row whose ids the API does not know.
    public static func ofReportAlone(_ booking: String) -> String {
        booking.isEmpty ? "" : reportAlone + booking
    }

    /// Whether a reference can be found again in what the other of API and report tells.
    public static func isShared(_ reference: String) -> Bool {
        !reference.isEmpty && !reference.hasPrefix(reportAlone)
    }

    /// The number of the order that a fill is of; nil for all other references.
    public static func order(of reference: String) -> Substring? {
        let parts = reference.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, isNumber(parts[1]) else { return nil }
        let number = parts[2].first == "T" ? parts[2].dropFirst() : parts[2]
        return isNumber(number) ? parts[1] : nil
    }

    private static let reportAlone = "report-"

    private static func isNumber(_ text: some StringProtocol) -> Bool {
        (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
