import Dialects
import HTTPServer
import JSON
import MoneyJSON
import Services

extension BitcainAPI {
    func addRefreshRoutes(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: limits.bodyBytesMax)
        router.add(
            .post,
            BitcainAPI.base + "/ingest/backfill",
            name: "bitcain.ingest_backfill",
            body: body,
            admission: admission(.write),
            authorized(.write, backfill)
        )
        router.add(
            .post,
            BitcainAPI.base + "/refresh",
            name: "bitcain.refresh",
            body: body,
            admission: admission(.write),
            authorized(.write, refresh)
        )
    }

    /// The pages of `/ingest/backfill`.
    static let backfillPagesMax = 25

    /// `POST /ingest/backfill`: reads connected venues; on the threads of long imports, since it waits for others.
    private var backfill: AuthorizedHandler {
        { request, caller, responder in
            var errors: [ValidationItem] = []
            let word = request.query("source") ?? BackfillSource.tradeHistorySync.rawValue
            let isDryRun = QueryValue.bool("dry_run", in: request, default: false, errors: &errors)
            let pages = QueryValue.integer(
                "max_pages",
                in: request,
                default: 3,
                from: 1,
                through: BitcainAPI.backfillPagesMax,
                errors: &errors
            )
            guard errors.isEmpty else { return BitcainErrors.validation(errors) }
            guard let source = BackfillSource(rawValue: word) else {
                let words = BackfillSource.allCases.map(\.rawValue).joined(separator: " or ")
                return BitcainErrors.detail("The source must be \(words)", status: 400)
            }
            let key = IdempotencyKey(request)
            if case .malformed = key { return BitcainErrors.malformedKey }
            let user = caller.principal.user
            let work: @Sendable () throws -> KeptAnswer = {
                let outcome = try workspace.backfill(
                    of: user,
                    source: source,
                    isDryRun: isDryRun,
                    maxPages: pages
                )
                return KeptAnswer(status: 200, body: BitcainBodies.backfill(outcome))
            }
            return offload(responder, caller, on: importers) {
                guard !isDryRun, let claim = key.claim(request) else {
                    return BitcainErrors.answer(try work())
                }
                return BitcainErrors.answer(try workspace.once(claim, of: user, work))
            }
        }
    }

    /// `POST /refresh`: reads what is connected or tracked, and keeps what portfolios are worth.
    private var refresh: AuthorizedHandler {
        { request, caller, responder in
            let key = IdempotencyKey(request)
            if case .malformed = key { return BitcainErrors.malformedKey }
            return offload(responder, caller, on: importers) {
                let claim = key.claim(request)
                let kept = try workspace.refresh(of: caller.principal.user, claim: claim) {
                    KeptAnswer(status: 200, body: BitcainBodies.refresh($0))
                }
                return BitcainErrors.answer(kept)
            }
        }
    }
}

extension BitcainBodies {
    static func backfill(_ outcome: BackfillOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("success")
        json.bool(outcome.errors.isEmpty)
        json.key("source")
        json.string(outcome.source.rawValue)
        json.key("dry_run")
        json.bool(outcome.isDryRun)
        for (name, number) in [
            ("pages_fetched", outcome.pagesFetched), ("events_found", outcome.eventsFound),
            ("events_inserted", outcome.eventsInserted), ("duplicates_skipped", outcome.duplicatesSkipped),
        ] {
            json.key(name)
            json.integer(number)
        }
        json.array("errors", outcome.errors) { json, words in json.string(words) }
        json.array("warnings", outcome.remarks) { json, words in json.string(words) }
        json.endObject()
        return json.finish()
    }

    static func refresh(_ outcome: RefreshOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("success")
        json.bool(outcome.errors.isEmpty)
        json.key("refreshed_at")
        json.time(outcome.time.cutToSecond)
        json.key("total_value_usd")
        json.amount(outcome.total)
        json.array("errors", outcome.errors) { json, words in json.string(words) }
        json.endObject()
        return json.finish()
    }
}
