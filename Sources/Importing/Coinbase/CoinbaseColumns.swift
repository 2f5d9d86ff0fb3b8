import Money

/// Finds the columns of Coinbase's transaction reports, whose names changed from generation to generation.
struct CoinbaseColumns {
    var id: Int?
    var time = 0
    var type = 0
    var asset = 0
    var quantity = 0
    var currency: Int?
    var price: Int?
    var subtotal: Int?
    var total: Int?
    var fees: Int?
    var notes: Int?
    /// The currency that the column names carry, as in `USD Spot Price at Transaction`.
    var namedCurrency: String?
    /// Columns that mean nothing here.
    var unknown: [Int] = []

    /// The columns of a header in lower case, or nil when it is not one of these reports.
    init?(_ header: [String]) {
        guard let time = header.firstIndex(of: "timestamp"),
            let type = header.firstIndex(of: "transaction type") ?? header.firstIndex(of: "type"),
            let asset = header.firstIndex(of: "asset"),
            let quantity = header.firstIndex(of: "quantity transacted")
        else { return nil }
        self.time = time
        self.type = type
        self.asset = asset
        self.quantity = quantity
        for (index, name) in header.enumerated() where ![time, type, asset, quantity].contains(index) {
            place(index, name)
        }
    }

    private mutating func place(_ index: Int, _ name: String) {
        switch name {
        case "id": id = index
        case "price currency", "spot price currency": currency = index
        case "notes": notes = index
        case "sender address", "recipient address", "": break
        default:
            var words = name.split(separator: " ")
            var named: String?
            if let first = words.first, AssetRegistry.builtIn.isFiat(code: String(first)) {
                named = String(first)
                words.removeFirst()
            }
            switch words.joined(separator: " ") {
            case "price at transaction", "spot price at transaction": price = index
            case "subtotal": subtotal = index
            case "total (inclusive of fees and/or spread)", "total (inclusive of fees)", "total":
                total = index
            case "fees and/or spread", "fees": fees = index
            default:
                unknown.append(index)
                return
            }
            namedCurrency = namedCurrency ?? named
        }
    }
}
