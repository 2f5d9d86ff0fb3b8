/// Why a file cannot be read at all.
public enum ImportError: Error, Hashable, Sendable {
    /// There is nothing in it.
    case empty
    /// It is not text: a zero byte or UTF-16.
    case notText(line: Int, reason: String)
    /// No known header was among the first lines.
    case unknownLayout(line: Int, firstLine: String)
    /// No header of a file of prices was where it should be.
    case unknownPriceLayout(line: Int, firstLine: String)
    /// A file of prices that does not say of which pair they are.
    case unknownPricePair(line: Int)
    /// A file of candles that does not say how long they are.
    case unknownPriceStep(line: Int)
    /// The header has more columns than allowed.
    case tooManyColumns(line: Int, limit: Int)
    /// There are more rows than allowed.
    case tooManyRows(limit: Int)
    /// The second pass met another file than the first.
    case changed

    /// A stable snake-case word for programs.
    public var code: String {
        switch self {
        case .empty: "empty_file"
        case .notText: "not_text"
        case .unknownLayout, .unknownPriceLayout: "unknown_layout"
        case .unknownPricePair: "unknown_pair"
        case .unknownPriceStep: "unknown_step"
        case .tooManyColumns: "too_many_columns"
        case .tooManyRows: "too_many_rows"
        case .changed: "file_changed"
        }
    }

    /// The line of the file that shows it, from 1, where there is one.
    public var line: Int? {
        switch self {
        case .notText(let line, _), .unknownLayout(let line, _), .unknownPriceLayout(let line, _),
            .unknownPricePair(let line), .unknownPriceStep(let line), .tooManyColumns(let line, _):
            line
        case .empty, .tooManyRows, .changed: nil
        }
    }
}

extension ImportError: CustomStringConvertible {
    /// One or two sentences for people: what is wrong and what to do.
    public var description: String {
        switch self {
        case .empty:
            "the file is empty; export it again"
        case .notText(let line, let reason):
            "line \(line): the file is not plain text (\(reason)); save it as CSV in UTF-8 and try again"
        case .unknownLayout(let line, let firstLine):
            "this is not a layout Coffer knows; it knows \(ImportFormat.knownLayouts); "
                + "the first line found is line \(line): \(firstLine)"
        case .unknownPriceLayout(let line, let firstLine):
            "this is not a layout of prices; expected the header date,asset,price_usd or "
                + "timestamp_utc,asset,price_usd or time,base,quote,price, or one of the exports that docs/prices.md "
                + "lists; line \(line) is: \(firstLine)"
        case .unknownPricePair(let line):
            "line \(line): the file does not say which pair its prices are of; name it with --pair, such as --pair BTC/USD"
        case .unknownPriceStep(let line):
            "line \(line): the file does not say how long its candles are; name it with --step minute, hour or day"
        case .tooManyColumns(let line, let limit):
            "line \(line): the header has more than \(limit) columns (limit columns)"
        case .tooManyRows(let limit):
            "the file has more than \(limit) rows (limit rows); split it, or import it with the command line"
        case .changed:
            "the file changed while it was read; try again"
        }
    }
}
