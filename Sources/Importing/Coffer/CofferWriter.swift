import Ledger
import Money
import Time

/// Writes drafts as rows of Coffer's own layout, which `ImportReader` reads back.
///
/// Columns: `time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,
/// to_account,exchange,group,comment,reference,lot`. How legs are placed:
/// * `account` is where the legs are held, and `-` is outside all accounts. An empty one means the account given with
///   the import, else the row's `exchange`, else `Main`; the writer never leaves it empty.
/// * When `to_account` is filled, it is the account of the in leg and `account` that of the out leg.
/// * The fee is held where the out leg of the same asset is, else where the in leg of the same asset is, else where
///   the out leg is, else where the in leg is.
/// * A `transfer` moves the out leg from `account` to `to_account`; its fee is paid from `account`.
///
/// Whatever is placed so comes back as it was, except the line and the event: the header has no column for an event,
/// so its entries are written as separate ones. A fee that is held elsewhere becomes a row of its own of kind `fee`
/// behind its entry, with the same time and texts, which leaves every balance right. A transfer whose two sides differ
/// is read back with the difference as its fee. Free texts that begin with `= + - @`, a tab or an apostrophe get an
/// apostrophe before them, which reading takes off again; a zero byte becomes U+FFFD, since no CSV may hold one.
public struct CofferWriter: Sendable {
    /// The header's line, without its end.
    public static let header = CofferColumn.names.joined(separator: ",")

    /// A writer.
    public init() {}

    /// Appends the header and its line end.
    public func renderHeader(into output: inout [UInt8]) {
        output.append(contentsOf: CofferWriter.header.utf8)
        output.append(0x0A)
    }

    /// Appends the row of an entry and its line end; two rows when its fee is held where one cannot say it.
    public func render(_ entry: DraftEntry, into output: inout [UInt8]) {
        let places = accounts(of: entry)
        guard let fee = entry.fee, entry.incoming != nil || entry.outgoing != nil,
            fee.account
                != CofferPlacement.feeAccount(
                    fee.asset,
                    incoming: entry.kind == .transfer ? nil : entry.incoming,
                    outgoing: entry.outgoing,
                    account: places.account
                )
        else {
            renderRow(entry, places, into: &output)
            return
        }
        var main = entry
        main.fee = nil
        renderRow(main, places, into: &output)
        var apart = DraftEntry(line: entry.line, time: entry.time, kind: .fee, fee: fee)
        apart.reference = entry.reference
        apart.exchange = entry.exchange
        apart.group = entry.group
        apart.comment = entry.comment
        renderRow(apart, (fee.account, nil), into: &output)
    }

    private typealias Places = (account: DraftAccount, to: DraftAccount?)

    private func accounts(of entry: DraftEntry) -> Places {
        switch (entry.outgoing, entry.incoming) {
        case (let outgoing?, let incoming?):
            (outgoing.account, outgoing.account == incoming.account ? nil : incoming.account)
        case (let leg?, nil), (nil, let leg?): (leg.account, nil)
        case (nil, nil): (entry.fee?.account ?? .outside, nil)
        }
    }

    private func renderRow(_ entry: DraftEntry, _ places: Places, into output: inout [UInt8]) {
        let isPlainTransfer =
            entry.kind == .transfer && entry.incoming?.amount == entry.outgoing?.amount
            && entry.incoming?.asset == entry.outgoing?.asset
        entry.time.render(into: &output)
        output.append(UInt8(ascii: ","))
        output.append(contentsOf: entry.kind.name.utf8)
        render(isPlainTransfer ? nil : entry.incoming.map { ($0.amount, $0.asset) }, into: &output)
        render(entry.outgoing.map { ($0.amount, $0.asset) }, into: &output)
        render(entry.fee.map { ($0.amount, $0.asset) }, into: &output)
        render(entry.value.map { ($0.amount, $0.asset) }, into: &output)
        render(places.account, into: &output)
        render(places.to, into: &output)
        for text in [entry.exchange, entry.group, entry.comment, entry.reference, entry.lot] {
            output.append(UInt8(ascii: ","))
            CSVCell.render(text, into: &output)
        }
        output.append(0x0A)
    }

    private func render(_ side: (Amount, String)?, into output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        guard let (amount, asset) = side else {
            output.append(UInt8(ascii: ","))
            return
        }
        amount.render(into: &output)
        output.append(UInt8(ascii: ","))
        for byte in asset.utf8 {
            let isLower = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
            output.append(isLower ? byte - 32 : byte)
        }
    }

    private func render(_ account: DraftAccount?, into output: inout [UInt8]) {
        output.append(UInt8(ascii: ","))
        switch account {
        case .named(let name): CSVCell.render(name, into: &output)
        case .outside: output.append(UInt8(ascii: "-"))
        case nil: break
        }
    }
}
