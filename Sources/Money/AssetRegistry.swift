/// The assets that one reader knows: those built in, and those that a user's imports brought along.
///
/// A value: registering returns nothing new to other holders of a copy.
public struct AssetRegistry: Sendable {
    private var byID: [AssetID: Asset] = [:]
    private var byCode: [String: AssetID] = [:]
    /// Codes of up to eight bytes once more, packed into integers: hashing those takes half the time.
    private var byPackedCode: [UInt64: AssetID] = [:]

    /// The registry of the built-in assets alone.
    public static let builtIn: AssetRegistry = {
        var registry = AssetRegistry()
        for asset in BuiltInAssets.all { registry.add(asset) }
        return registry
    }()

    private init() {}

    /// The asset of a number, or nil when it is unknown here.
    public func asset(_ id: AssetID) -> Asset? {
        byID[id]
    }

    /// The asset of a lower-case code, or nil when it is unknown here.
    public func asset(code: String) -> Asset? {
        byCode[code].flatMap { byID[$0] }
    }

    /// The number of a lower-case code, or nil when it is unknown here.
    public func id(code: String) -> AssetID? {
        byCode[code]
    }

    /// The number of a code in letters of either case, or nil when it is unknown here or no code at all.
    ///
    /// For cells of files: makes no `String` of codes of up to eight bytes.
    public func id(code bytes: Span<UInt8>) -> AssetID? {
        if let packed = AssetCode.packed(bytes) { return byPackedCode[packed] }
        guard let code = AssetCode.normalize(bytes) else { return nil }
        return byCode[code]
    }

    /// The upper-case code for people; `#number` when the asset is unknown here.
    public func displayCode(_ id: AssetID) -> String {
        byID[id]?.displayCode ?? "#\(id.raw)"
    }

    /// Whether an asset is money of a state, such as banks keep; gold and silver are not.
    public func isFiat(_ id: AssetID) -> Bool {
        byID[id]?.kind == .fiat
    }

    /// The same by the lower-case code.
    public func isFiat(code: String) -> Bool {
        asset(code: code)?.kind == .fiat
    }

    /// All assets by number.
    public var all: [Asset] {
        byID.values.sorted { $0.id < $1.id }
    }

    /// Adds an asset, for example one that a user registered.
    ///
    /// A number or code that is already known stops the program, and so does a code that is not in lower case:
    /// registries are built from one trusted table.
    public mutating func add(_ asset: Asset) {
        precondition(byID[asset.id] == nil, "two assets with number \(asset.id.raw)")
        precondition(byCode[asset.code] == nil, "two assets with code \(asset.code)")
        precondition(AssetCode.normalize(asset.code) == asset.code, "an asset's code is not normalised")
        byID[asset.id] = asset
        byCode[asset.code] = asset.id
        if let packed = AssetCode.packed(asset.code.utf8Span.span) { byPackedCode[packed] = asset.id }
    }
}
