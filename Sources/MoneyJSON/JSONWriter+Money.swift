public import JSON
public import Money
public import Time

extension JSONWriter {
    /// Writes an amount as text with all of its digits and at least `minimumDecimals` decimals, or null.
    public mutating func amount(_ amount: Amount?, minimumDecimals: Int = 0) {
        guard let amount else {
            null()
            return
        }
        string { amount.render(into: &$0, minimumDecimals: minimumDecimals) }
    }

    /// Writes an instant as ISO 8601 text in UTC, or null.
    public mutating func time(_ time: Timestamp?) {
        guard let time else {
            null()
            return
        }
        string { time.render(into: &$0) }
    }
}
