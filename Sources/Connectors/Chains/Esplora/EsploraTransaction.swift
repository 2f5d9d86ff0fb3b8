import Chains
import JSON
import Money

/// One transaction of Esplora's list, turned to the view of one address.
enum EsploraTransaction {
    /// Reads one row; nil for a transaction that is in no block.
    ///
    /// - Throws: `ConnectorError.malformed` with the member that is not as documented, for a row that does not touch the
    ///   address, and for one that the address paid and whose sums do not give its fee.
    static func read(
        _ fields: ChainFields,
        script: String,
        chain: Chain
    ) throws(ConnectorError) -> ChainTransaction? {
        let id = try fields.hash("txid")
        let status = try fields.object("status")
        guard try status.truth("confirmed") else { return nil }
        let inputs = try Inputs(fields, script: script)
        var received: Int128 = 0
        var paid: Int128 = 0
        var ownOutputs = 0
        for value in try fields.list("vout") {
            let output = ChainFields(value: value, name: fields.name)
            let units = try output.units("value")
            paid += units
            guard try isOwn(output, script) else { continue }
            received += units
            ownOutputs += 1
        }
        guard inputs.ownCount > 0 || ownOutputs > 0 else {
            throw fields.fault("txid", "a transaction of other addresses")
        }
        let fee = try fields.units("fee")
        if inputs.ownCount > 0, inputs.sum - paid != fee {
            throw fields.fault("fee", "not what inputs bring and outputs do not take")
        }
        return ChainTransaction(
            id: id,
            height: try status.height("block_height"),
            blockHash: try status.hash("block_hash"),
            time: try status.time("block_time"),
            received: try amount(received, fields, chain),
            spent: try amount(inputs.own, fields, chain),
            fee: try amount(fee, fields, chain),
            ownFee: try amount(inputs.ownShare(of: fee), fields, chain),
            isShared: inputs.ownCount > 0 && inputs.ownCount < inputs.values.count,
            isReward: inputs.isReward
        )
    }

    /// What the inputs brought, in their order.
    private struct Inputs {
        private(set) var values: [(units: Int128, isOwn: Bool)] = []
        private(set) var sum: Int128 = 0
        private(set) var own: Int128 = 0
        private(set) var ownCount = 0
        private(set) var isReward = false

        init(_ fields: ChainFields, script: String) throws(ConnectorError) {
            for value in try fields.list("vin") {
                let input = ChainFields(value: value, name: fields.name)
                if value["is_coinbase"]?.bool == true {
                    isReward = true
                    continue
                }
                let output = try input.object("prevout")
                let units = try output.units("value")
                let isOwn = try EsploraTransaction.isOwn(output, script)
                values.append((units, isOwn))
                sum += units
                if isOwn {
                    own += units
                    ownCount += 1
                }
            }
        }

        /// The shares of the address's inputs in a fee.
        ///
        /// Each input's share is what the fee times the sum up to it has grown by, rounded down, so that all shares
        /// together are the fee and none is more than its input.
        func ownShare(of fee: Int128) -> Int128 {
            guard ownCount > 0, sum > 0 else { return 0 }
            guard ownCount < values.count else { return fee }
            var share: Int128 = 0
            var before: Int128 = 0
            var shared: Int128 = 0
            for (units, isOwn) in values {
                before += units
                // A fee is at most the sum, so the quotient is at most the fee.
                let product = fee.multipliedFullWidth(by: before)
                let upTo = sum.dividingFullWidth(product).quotient
                if isOwn { share += upTo - shared }
                shared = upTo
            }
            return share
        }
    }

    private static func isOwn(_ output: ChainFields, _ script: String) throws(ConnectorError) -> Bool {
        guard let text = output.value["scriptpubkey"]?.string else {
            throw output.fault("scriptpubkey", "no script")
        }
        return text.utf8.elementsEqual(script.utf8)
    }

    private static func amount(
        _ units: Int128,
        _ fields: ChainFields,
        _ chain: Chain
    ) throws(ConnectorError) -> Amount {
        guard let amount = ChainUnits.amount(units, decimals: chain.decimals) else {
            throw fields.fault("value", "an amount of 10^20 or more")
        }
        return amount
    }
}
