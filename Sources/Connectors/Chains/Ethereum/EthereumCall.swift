import JSON
import Money

/// One call of a node's JSON-RPC interface.
///
/// Source: Ethereum's execution API specification, and EIP-20 for `balanceOf`.
enum EthereumCall: Hashable {
    /// Which network the node serves.
    case chainID
    /// The newest block's number.
    case blockNumber
    /// The wei of an address at a block; address and contract in small letters with `0x`.
    case balance(String, block: Int64)
    /// How many transactions an address had sent by a block.
    case transactionCount(String, block: Int64)
    /// A token's units of an address at a block.
    case tokenBalance(String, contract: String, block: Int64)

    /// The method's name.
    var method: String {
        switch self {
        case .chainID: "eth_chainId"
        case .blockNumber: "eth_blockNumber"
        case .balance: "eth_getBalance"
        case .transactionCount: "eth_getTransactionCount"
        case .tokenBalance: "eth_call"
        }
    }

    /// The first four bytes of the Keccak-256 of `balanceOf(address)`.
    static let balanceOfSelector = "70a08231"

    /// Writes the call with its number.
    func write(into writer: inout JSONWriter, id: Int) {
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.integer(id)
        writer.key("method")
        writer.string(method)
        writer.key("params")
        writer.beginArray()
        switch self {
        case .chainID, .blockNumber: break
        case .balance(let address, let block), .transactionCount(let address, let block):
            writer.string(address)
            writer.string(EthereumCall.quantity(block))
        case .tokenBalance(let address, let contract, let block):
            writer.beginObject()
            writer.key("to")
            writer.string(contract)
            writer.key("data")
            // An argument takes 32 bytes, the address in the last 20.
            let padding = String(repeating: "0", count: 24)
            writer.string("0x" + EthereumCall.balanceOfSelector + padding + address.dropFirst(2))
            writer.endObject()
            writer.string(EthereumCall.quantity(block))
        }
        writer.endArray()
        writer.endObject()
    }

    /// A number as the interface writes it: hexadecimal without leading zeros.
    static func quantity(_ number: Int64) -> String { "0x" + String(number, radix: 16) }

    /// What a hexadecimal text turned out to be.
    enum Quantity: Hashable {
        /// A number below 2¹²⁷, which is beyond every amount.
        case number(Int128)
        /// A number that no amount holds.
        case tooLarge
        /// No number.
        case none
    }

    /// The number of `0x` and 1 to 64 digits.
    static func number(_ text: String) -> Quantity {
        let digits = Array(text.utf8.prefix(67))
        guard (3...66).contains(digits.count), digits[0] == UInt8(ascii: "0"), digits[1] == UInt8(ascii: "x")
        else { return .none }
        var number: Int128 = 0
        var isTooLarge = false
        for byte in digits[2...] {
            guard let digit = ChainUnits.digit(byte) else { return .none }
            // Beyond this one digit more would not fit; the rest is still looked at.
            if number >> 123 != 0 { isTooLarge = true }
            if !isTooLarge { number = number << 4 | Int128(digit) }
        }
        return isTooLarge ? .tooLarge : .number(number)
    }
}
