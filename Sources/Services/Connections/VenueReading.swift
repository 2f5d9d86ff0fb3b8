import Connectors
import Ledger
import Time
import Venues

/// Reads the streams of a venue as far as allowed and keeps what came, also when it breaks off.
struct VenueReading {
    private let source: any ExchangeSource
    /// The user's name for the connection, for messages.
    private let name: String
    private let now: Timestamp
    private let pagesMax: Int
    private let isEnded: () -> Bool
    private let assets: Set<String>
    private(set) var progress: SyncProgress
    private(set) var wallets: [ExchangeWallet] = []
    private(set) var pagesFetched = 0
    /// The events to be entered, oldest first.
    private(set) var events: [ExchangeEvent] = []
    /// Whether every stream was read to its end.
    private(set) var isComplete = false
    private(set) var failure: ConnectorError?
    /// Whether the venue accepted the credentials at least once.
    private(set) var hasAnswered = false
    private(set) var errors: [String] = []
    private(set) var remarks: [String] = []

    init(
        _ source: any ExchangeSource,
        name: String,
        progress: SyncProgress,
        pagesMax: Int,
        now: Timestamp,
        assets: Set<String> = [],
        isEnded: @escaping () -> Bool
    ) {
        self.source = source
        self.name = name
        self.isEnded = isEnded
        self.assets = assets
        self.progress = progress
        self.pagesMax = pagesMax
        self.now = now
    }

    /// What was read of one stream.
    private struct Part {
        let stream: ExchangeStream
        let start: String?
        /// Where the stream goes on behind the last row.
        var cursor: String?
        var rows: [ExchangeRow] = []
        var isAtEnd = false
        /// The ids of its rows, to know one that comes again.
        var ids: Set<String> = []

        init(stream: ExchangeStream, start: String?) {
            self.stream = stream
            self.start = start
            cursor = start
        }

        /// Leaves the last rows to the next reading where they may be of an event whose other rows are not read yet.
        mutating func dropOpenEnd() {
            guard !isAtEnd, let last = rows.last, case .part = last.content else { return }
            let keep = rows.lastIndex { $0.time < last.time.advanced(bySeconds: -1) }.map { $0 + 1 } ?? 0
            guard keep > 0, rows[keep - 1].cursor != nil else { return }
            rows.removeLast(rows.count - keep)
            cursor = rows.last?.cursor
        }
    }

    /// What is known before the reading and from the rows that it read so far.
    private func knowledge(_ parts: [Part] = []) -> ExchangeKnowledge {
        var known = ExchangeKnowledge(assets: assets, streams: progress.cursors)
        for row in parts.lazy.flatMap(\.rows) {
            guard case .event(let event) = row.content else { continue }
            for money in [event.incoming, event.outgoing, event.fee] {
                if let money { known.assets.insert(money.asset) }
            }
        }
        return known
    }

    /// How often a venue is asked for further streams because of what the ones before it told.
    private static let roundsMax = 8

    // MARK: The ledger

    /// Reads every stream of the account behind its cursor.
    mutating func readLedger() {
        do throws(ConnectorError) {
            wallets = try source.fetchWallets()
            hasAnswered = true
        } catch {
            return note(error, "the list of wallets")
        }
        read(.ledger)
    }

    private mutating func read(_ scope: ExchangeScope) {
        var parts: [Part] = []
        var asked: Set<String> = []
        var isAllAsked = false
        // What one list tells can show that there are others, such as the pairs of a coin that came in.
        for round in 0..<VenueReading.roundsMax where round == 0 || mayGoOn {
            let streams: [ExchangeStream]
            do throws(ConnectorError) {
                streams = try source.fetchStreams(scope, of: wallets, known: knowledge(parts))
                    .filter { asked.insert($0.key).inserted }
            } catch {
                note(error, "the list of wallets")
                break
            }
            if streams.isEmpty {
                isAllAsked = true
                break
            }
            for stream in streams where mayGoOn { parts.append(read(stream)) }
        }
        isComplete = failure == nil && isAllAsked && parts.allSatisfy(\.isAtEnd)
        finish(parts)
    }

    /// A refusal of the key or a venue that is away ends all; a bad row ends its own list.
    private var mayGoOn: Bool { failure.map { VenueReading.concernsOneStream($0) } ?? true }

    private mutating func finish(_ parts: [Part]) {
        var parts = parts
        let allRead = isComplete
        for index in parts.indices { parts[index].dropOpenEnd() }
        let pairing = ExchangePairing(parts.flatMap(\.rows))
        events = pairing.events
        for remark in pairing.remarks { addRemark(remark) }
        var held: Set<String> = []
        for half in pairing.lone {
            let isOld = half.time < now.advanced(bySeconds: -ConnectionLimits.loneDays * 86_400)
            if allRead, isOld {
                events.append(half.alone)
                let kind = half.isOut ? "withdrawal" : "deposit"
                addRemark("\(half.id) of \(half.time) has no other side; it was read as a \(kind)")
            } else {
                held.insert(half.id)
            }
        }
        for group in pairing.loneGroups {
            let isOld = group.allSatisfy {
                $0.time < now.advanced(bySeconds: -ConnectionLimits.loneDays * 86_400)
            }
            if allRead, isOld {
                events += LedgerGroup.alone(group)
                addRemark("\(group[0].group) of \(group[0].time) has no other side; it was read alone")
            } else {
                held.formUnion(group.map(\.id))
            }
        }
        for fault in pairing.faults {
            errors.append("\(name): \(fault): a sum of its rows is 10^20 or more")
            held.formUnion(parts.flatMap(\.rows).filter { $0.group == fault }.map(\.id))
        }
        events.sort { ($0.time, $0.id) < ($1.time, $1.id) }
        // Two lists may tell one event under one id.
        var told: Set<String> = []
        events.removeAll { !told.insert($0.id).inserted }
        keep(parts, held: held, groups: pairing.groups)
    }

    /// Sets each stream's cursor before the first row that must be seen again.
    ///
    /// Two rows of one event are passed together or not at all: one that is seen again without the other would look as if
    /// its other side had never come.
    private mutating func keep(_ parts: [Part], held: Set<String>, groups: [[String]]) {
        var held = held
        var counts = parts.map { passed(of: $0, held: held) }
        while true {
            var ahead: Set<String> = []
            for (part, count) in zip(parts, counts) { ahead.formUnion(part.rows[count...].map(\.id)) }
            let torn = groups.filter { group in
                let count = group.count { ahead.contains($0) }
                return count > 0 && count < group.count
            }
            guard !torn.isEmpty else { break }
            for group in torn { held.formUnion(group) }
            counts = parts.map { passed(of: $0, held: held) }
        }
        for (part, count) in zip(parts, counts) {
            var cursor = part.start
            for row in part.rows[..<count] {
                if let remark = row.remark { addRemark(remark) }
                cursor = row.cursor ?? cursor
            }
            if count == part.rows.count { cursor = part.cursor ?? cursor }
            progress.cursors[part.stream.key] = cursor
        }
    }

    /// How many rows of a stream are done with: those before the first that is held or pending.
    private func passed(of part: Part, held: Set<String>) -> Int {
        let oldest = now.advanced(bySeconds: -ConnectionLimits.pendingDays * 86_400)
        return part.rows.firstIndex { row in
            held.contains(row.id) || (row.content == .pending && row.time >= oldest)
        } ?? part.rows.count
    }

    private mutating func read(_ stream: ExchangeStream) -> Part {
        var part = Part(stream: stream, start: progress.cursors[stream.key])
        for _ in 0..<pagesMax where !isEnded() {
            do throws(ConnectorError) {
                let page = try source.fetchPage(of: stream, after: part.cursor)
                pagesFetched += 1
                hasAnswered = true
                let new = page.rows.filter { part.ids.insert($0.id).inserted }
                // A page that brings nothing new and leads nowhere would come for ever.
                let leadsOn = page.cursor != part.cursor && page.rows.isEmpty
                guard !page.hasMore || !new.isEmpty || leadsOn else {
                    throw .malformed("a page came again and leads nowhere")
                }
                part.rows += new
                part.cursor = page.cursor
                guard page.hasMore else {
                    part.isAtEnd = true
                    return part
                }
            } catch {
                note(error, VenueReading.name(of: stream))
                return part
            }
        }
        return part
    }

    // MARK: Trades

    /// Reads trades alone.
    mutating func readTrades() {
        do throws(ConnectorError) {
            let streams = try source.fetchStreams(.trades, of: [], known: knowledge())
            if streams == [.trades] { readFills() } else { read(ExchangeScope.trades) }
        } catch {
            note(error, "the list of trades")
        }
    }

    /// Reads fills, the newest first, back to what is known, then goes on where an earlier reading stopped.
    private mutating func readFills() {
        var rows: [ExchangeRow] = []
        var pagesLeft = pagesMax
        let known = progress.tradesThrough
        var newest = known
        var cursor: String?
        var isLinked = false
        while pagesLeft > 0, !isLinked, !isEnded() {
            guard let page = tradesPage(cursor, &pagesLeft) else { return finishTrades(rows) }
            rows += page.rows
            if let latest = page.rows.map(\.time).max() { newest = max(newest ?? latest, latest) }
            cursor = page.cursor
            // A day more than is known, since fills may come late.
            let reachesKnown =
                known.map { known in
                    page.rows.contains { $0.time < known.advanced(bySeconds: -86_400) }
                } ?? false
            isLinked = !page.hasMore || reachesKnown
        }
        if !isLinked {
            progress.tradesOlder = cursor
        } else if var older = progress.tradesOlder {
            var isAtEnd = false
            while pagesLeft > 0, !isAtEnd, !isEnded() {
                guard let page = tradesPage(older, &pagesLeft) else { break }
                rows += page.rows
                isAtEnd = !page.hasMore
                if let next = page.cursor { older = next }
            }
            progress.tradesOlder = isAtEnd ? nil : older
        }
        progress.tradesThrough = newest
        isComplete = failure == nil && progress.tradesOlder == nil
        finishTrades(rows)
    }

    private mutating func tradesPage(_ cursor: String?, _ pagesLeft: inout Int) -> ExchangePage? {
        pagesLeft -= 1
        do throws(ConnectorError) {
            let page = try source.fetchPage(of: .trades, after: cursor)
            pagesFetched += 1
            hasAnswered = true
            return page
        } catch {
            note(error, VenueReading.name(of: .trades))
            return nil
        }
    }

    private mutating func finishTrades(_ rows: [ExchangeRow]) {
        for row in rows {
            if let remark = row.remark { addRemark(remark) }
        }
        var seen: Set<String> = []
        // A page that new fills pushed on shows some rows a second time.
        events = ExchangePairing(rows).events.filter { seen.insert($0.id).inserted }
    }

    // MARK: Words

    private static func concernsOneStream(_ error: ConnectorError) -> Bool {
        switch error {
        case .malformed, .unknown: true
        default: false
        }
    }

    private static func name(of stream: ExchangeStream) -> String {
        switch stream {
        case .ledger(let wallet), .transfers(let wallet): "the \(wallet.asset.uppercased()) wallet"
        case .trades: "the trades"
        case .list(_, let name): name
        }
    }

    private mutating func note(_ error: ConnectorError, _ what: String) {
        // The first that ends everything tells what to do; others are told beside it.
        if failure.map({ VenueReading.concernsOneStream($0) }) ?? true { failure = error }
        guard errors.count < ConnectionLimits.wordsMax else { return }
        errors.append("\(name): \(what): \(error)")
    }

    private mutating func addRemark(_ text: String) {
        if remarks.count < ConnectionLimits.wordsMax { remarks.append(text) }
    }
}

extension ExchangeRow {
    /// The group of a row that is one of several.
    fileprivate var group: String? {
        guard case .part(let part) = content else { return nil }
        return part.group
    }
}
