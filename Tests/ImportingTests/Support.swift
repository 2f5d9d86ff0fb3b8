import Importing
import Ledger
import Money
import Testing
import Time

/// The outcome of both passes over one text.
struct Outcome: Equatable {
    var survey: ImportSurvey
    var entries: [DraftEntry]

    /// The codes of the issues kept, in order.
    var codes: [String] { survey.issues.map(\.code) }
    /// The issues that keep rows out.
    var errors: [RowIssue] { survey.issues.filter { $0.severity == .error } }
}

/// Pieces of a fixed size of some bytes, as a source for one pass.
func pieces(_ bytes: [UInt8], of size: Int) -> ByteSource {
    var position = 0
    return {
        guard position < bytes.count else { return nil }
        let end = min(position + size, bytes.count)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}

/// Runs both passes.
func read(_ bytes: [UInt8], options: ImportOptions = ImportOptions(), size: Int = 1 << 20) throws -> Outcome {
    let survey = try ImportReader.survey(pieces(bytes, of: size), options: options)
    var entries: [DraftEntry] = []
    try ImportReader.read(pieces(bytes, of: size), survey: survey, options: options) { entries.append($0) }
    return Outcome(survey: survey, entries: entries)
}

/// Runs both passes over a text.
func read(_ text: String, options: ImportOptions = ImportOptions()) throws -> Outcome {
    try read(Array(text.utf8), options: options)
}

/// A leg in a short form: `0.5 btc @Coinbase`, or without `@` for outside.
func leg(_ text: String?) throws -> DraftLeg? {
    guard let text else { return nil }
    let parts = text.split(separator: " ", maxSplits: 2)
    let account: DraftAccount = parts.count == 3 ? .named(String(parts[2].dropFirst())) : .outside
    return DraftLeg(amount: try Amount.parse(String(parts[0])), asset: String(parts[1]), account: account)
}

/// The legs, kind and value of a draft in one line, for tables of expectations.
func brief(_ entry: DraftEntry) -> String {
    func side(_ name: String, _ leg: DraftLeg?) -> String {
        guard let leg else { return "" }
        let place = if case .named(let account) = leg.account { "@\(account)" } else { "" }
        return " \(name) \(leg.amount) \(leg.asset)\(place)"
    }
    let value = entry.value.map { " value \($0.amount) \($0.asset)" } ?? ""
    return "\(entry.kind.name)" + side("in", entry.incoming) + side("out", entry.outgoing)
        + side("fee", entry.fee)
        + value
}
