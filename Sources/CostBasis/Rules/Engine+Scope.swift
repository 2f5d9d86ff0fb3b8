import Ledger
import Money

/// Lots that go from one scope to another on a day.
extension Engine {
    /// Puts all lots into pools of the scope and the method that hold on the day at hand.
    @inline(never)
    mutating func changePools() {
        if method.isOfPerson { leavePools() }
        while let change = changes.last, change.from <= day {
            method = change.method
            changes.removeLast()
        }
        while let change = scopeChanges.last, change.from <= day {
            scope = change.scope
            scopeChanges.removeLast()
        }
        orderRule = method.sharesCosts ? .pool : .order
        if (scope == .universal || method.isOfPerson) == isUniversal {
            for number in stocks.indices { refill(number) }
        } else {
            changeScope()
        }
        if method.isOfPerson { joinPools() }
    }

    /// Puts all lots into pools of the other scope.
    private mutating func changeScope() {
        var open: [[OpenLot]] = [[OpenLot]](repeating: [], count: assets.count)
        for number in stocks.indices {
            let asset = isUniversal ? number : Int(pairPlaces[number].asset)
            open[asset] += emptied(number).map(\.lot)
        }
        isUniversal.toggle()
        // Numbered now in any case, so that a first pass and the second number all pairs alike.
        for asset in assets.indices {
            _ = place(of: BookLeg(amount: .zero, asset: UInt32(asset), account: BookLeg.outside))
        }
        stocks = Column(
            repeating: Stock(method, settings.ties),
            count: isUniversal ? assets.count : pairs.count
        )
        for asset in open.indices where !open[asset].isEmpty {
            open[asset].sort { $0.age < $1.age }
            if isUniversal {
                for lot in open[asset] { push(lot, to: .held(asset)) }
            } else {
                allocate(open[asset], of: UInt32(asset))
            }
        }
    }

    /// Gives the open lots of an asset, the oldest first, to the accounts that hold it.
    ///
    /// What no account has room for, since one is overdrawn, stays with the account that acquired it.
    private mutating func allocate(_ open: [OpenLot], of asset: UInt32) {
        var room: [(account: UInt32, quantity: Int128)] = []
        for number in pairPlaces.indices where pairPlaces[number].asset == asset && balances[number] > 0 {
            room.append((pairPlaces[number].account, balances[number]))
        }
        room.sort { id(of: $0.account) < id(of: $1.account) }
        var waiting = open
        if settings.allocation == .acquired {
            waiting = []
            for lot in open {
                let account = lots[Int(lot.row)].account
                guard let place = room.firstIndex(where: { $0.account == account }) else {
                    waiting.append(lot)
                    continue
                }
                let here = min(lot.remaining, room[place].quantity)
                room[place].quantity -= here
                if let rest = give(lot, upTo: here, to: account) { waiting.append(rest) }
            }
        } else {
            waiting.sort { precedes($0, $1) }
        }
        var place = 0
        for lot in waiting {
            var left: OpenLot? = lot
            while let lot = left {
                while place < room.count, room[place].quantity == 0 { place += 1 }
                guard place < room.count else {
                    left = give(lot, upTo: lot.remaining, to: lots[Int(lot.row)].account)
                    continue
                }
                let part = min(lot.remaining, room[place].quantity)
                room[place].quantity -= part
                left = give(lot, upTo: part, to: room[place].account)
            }
        }
    }

    private func id(of account: UInt32) -> UInt32 {
        account == BookLeg.outside ? UInt32.max : accounts[Int(account)].raw
    }

    /// The order in which lots are allocated.
    private func precedes(_ left: OpenLot, _ right: OpenLot) -> Bool {
        let (one, other) = (bases[Int(left.row)], bases[Int(right.row)])
        switch settings.allocation {
        case .acquired, .oldestFirst: return left.age < right.age
        case .newestFirst: return left.age > right.age
        case .dearestFirst:
            return one.isCheaper(than: other)
                ? false : other.isCheaper(than: one) ? true : left.age < right.age
        case .cheapestFirst:
            return one.isCheaper(than: other)
                ? true : other.isCheaper(than: one) ? false : left.age < right.age
        }
    }

    /// Puts up to a quantity of a lot into an account's pool; returns what is left of it.
    private mutating func give(_ lot: OpenLot, upTo quantity: Int128, to account: UInt32) -> OpenLot? {
        guard quantity > 0 else { return lot }
        let number = pair(of: BookLeg(amount: .zero, asset: lots[Int(lot.row)].asset, account: account))
        guard quantity < lot.remaining else {
            lots[Int(lot.row)].account = account
            push(lot, to: .held(number))
            return nil
        }
        var rest = lot
        let part = rest.split(quantity)
        let cost = detach(part)
        let row = append(
            quantity,
            cost: cost,
            like: lot.row,
            asset: lots[Int(lot.row)].asset,
            account: account,
            place: .held
        )
        bases[Int(row)] = bases[Int(lot.row)]
        push(part, as: row, to: .held(number), bases[Int(row)])
        return rest
    }
}
