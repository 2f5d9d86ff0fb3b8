import Crypto
import HTTPServer
import Services
import Time

extension Pages {
    func addKeyRoutes(to router: inout Router) {
        let body = HTTPBodyRule.collect(maxBytes: PageLimits.formBytesMax)
        router.add(.get, "/keys", name: "pages.keys", mine { visit in try keysPage(visit) })
        // The page's name at CryptFolio.
        router.add(.get, "/get_api_keys", name: "pages.api_keys", mine { visit in try keysPage(visit) })
        router.add(
            .post,
            "/keys",
            name: "pages.key_create",
            body: body,
            myForm(Pages.keyFields, createKey)
        )
        router.add(
            .post,
            "/keys/{key}/revoke",
            name: "pages.key_revoke",
            body: body,
            myForm([], revokeKey)
        )
    }

    private static let keyFields =
        [
            FieldRule("kind", max: PageLimits.wordBytesMax), FieldRule("label", max: PageLimits.nameBytesMax),
            FieldRule("days", max: PageLimits.wordBytesMax), FieldRule("plan", max: PageLimits.wordBytesMax),
        ] + ["read", "write", "info", "trade", "withdraw"].map { FieldRule("right_" + $0, max: 8) }

    // MARK: The page

    private func keysPage(
        _ visit: UserVisit,
        status: Int = 200,
        in kind: AccessKeyKind? = nil,
        problems: [Problem] = []
    ) throws -> HTTPResponse {
        let time = workspace.time
        let all = try workspace.keys(of: visit.user)
        let usable = all.filter { $0.isUsable(at: time) }
        let oldest = time.advanced(bySeconds: -PageLimits.endedKeyDays * 86_400)
        let ended = all.filter { key in
            !key.isUsable(at: time) && (key.revoked ?? key.expires).map { $0 > oldest } ?? false
        }
        let applications = try workspace.oauthClients(of: visit.user)
        let intro: Markup =
            usable.isEmpty && applications.isEmpty
            ? """
            <section class="panel" aria-labelledby="next">
            <h2 id="next">What to do next</h2>
            <ol>
            <li>Make a key below for the program that is to read your data, and copy it while it is shown.</li>
            <li>Give it to the program, together with the address of this server. A program that asks for access through the \
            browser is registered as an <a href="/oauth/applications/new">application</a> instead.</li>
            <li>Bring your history in: <code>coffer import FILE</code>, or upload it with a bitcain token.</li>
            </ol>
            </section>

            """ : ""
        let forms = AccessKeyKind.allCases.map {
            form($0, visit, $0 == kind ? problems : [], isOpen: $0 == kind)
        }
        let content: Markup = """
            \(keyNotice(visit))\(intro)\
            \(keyTable("Keys in force", usable, visit))\
            \(ended.isEmpty ? "" : keyTable("Over", ended, visit))\
            \(applicationList(applications))\
            <h2 id="new">Make a key</h2>
            <p>Whoever has a key can use it without your password. Give each program one of its own, with no more rights than it \
            needs.</p>
            \(forms)
            """
        return visit.visit.page("Keys", at: .keys, status: status, problems: problems, content)
    }

    /// What was just made, with its secret, or just revoked.
    private func keyNotice(_ visit: UserVisit) -> Markup {
        guard visit.request.method != .post else { return "" }
        if visit.request.query("done") == "revoked" { return FormParts.done("<p>The key is revoked.</p>") }
        guard let ticket = visit.request.query("made") else { return "" }
        return secretNotice(ticket, visit)
    }

    /// The secrets of a ticket, shown once.
    func secretNotice(_ ticket: String, _ visit: UserVisit) -> Markup {
        // HEAD has no body to show them in.
        guard visit.request.method == .get else { return "" }
        guard let items = shelf.take(ticket, for: visit.session, at: workspace.time) else {
            return FormParts.done(
                "<p>The secret was shown once, and nobody can read it again. If it is lost, make another.</p>"
            )
        }
        let shown = items.map { item -> Markup in
            let secret = String(decoding: item.secret.revealed(), as: UTF8.self)
            return "<dt>\(item.label)</dt>\n<dd><code class=\"secret\">\(secret)</code></dd>\n"
        }
        return FormParts.done(
            """
            <h2>Copy it now</h2>
            <p>This is shown only now. It is not stored and cannot be shown again.</p>
            <dl>
            \(shown)</dl>

            """
        )
    }

    private func keyTable(_ title: String, _ keys: [AccessKey], _ visit: UserVisit) -> Markup {
        guard !keys.isEmpty else { return "<h2>\(title)</h2>\n<p>None.</p>\n" }
        let time = workspace.time
        let rows = keys.reversed().map { key -> [Markup] in
            let publicPart: Markup = key.publicID.map { "<br><code>\($0)</code>" } ?? ""
            let end: Markup =
                if key.revoked != nil {
                    "revoked \(FormParts.time(key.revoked))"
                } else if !key.isUsable(at: time) {
                    "ended \(FormParts.time(key.expires))"
                } else {
                    "\(FormParts.time(key.expires))"
                }
            let revoke: Markup =
                key.isUsable(at: time)
                ? """
                <form method="post" action="/keys/\(String(key.number))/revoke">
                \(visit.tokenField)<button class="danger small">Revoke</button>
                </form>
                """ : ""
            return [
                "<bdi>\(key.label.isEmpty ? "–" : key.label)</bdi>\(publicPart)",
                Markup(text: key.kind.title),
                Markup(text: key.rights.joined(separator: ", ")), FormParts.time(key.created),
                FormParts.time(key.lastUsed), end, revoke,
            ]
        }
        let titles = ["Name", "For", "Rights", "Made", "Last used", "Ends", ""]
        return "<h2>\(title)</h2>\n\(FormParts.table(titles, rows))"
    }

    private func applicationList(_ applications: [OAuthClientInfo]) -> Markup {
        let items = applications.map { client -> Markup in
            "<li><a href=\"/oauth/applications/\(client.publicID)\"><bdi>\(client.name)</bdi></a></li>\n"
        }
        let list: Markup = items.isEmpty ? "<p>None.</p>\n" : "<ul>\n\(items)</ul>\n"
        return """
            <h2>OAuth applications</h2>
            <p>Programs that ask users for access in the browser, by CryptFolio's API.</p>
            \(list)<p><a href="/oauth/applications/new">Register an application</a></p>

            """
    }

    /// The form for a key of one sort.
    private func form(
        _ kind: AccessKeyKind,
        _ visit: UserVisit,
        _ problems: [Problem],
        isOpen: Bool
    ) -> Markup {
        let prefix = kind.word + "-"
        func own(_ name: String) -> [Problem] { problems.filter { $0.field == prefix + name } }
        let rights: Markup
        if kind == .trustvault {
            rights = ""
        } else {
            let choices = kind.rights.map { right in
                let isOn =
                    isOpen
                    ? (kind.hasOneRight ? visit.form["plan"] == right : visit.form.has("right_" + right))
                    : kind.standardRights.contains(right)
                return FormParts.choice(
                    kind.hasOneRight ? "plan" : "right_" + right,
                    value: kind.hasOneRight ? right : "on",
                    Markup(text: kind.words(for: right)),
                    isOn: isOn,
                    id: prefix + right,
                    isOneOfSeveral: kind.hasOneRight
                )
            }
            rights = FormParts.group(
                prefix + "rights",
                kind.hasOneRight ? "Plan" : "Rights",
                choices,
                problems: own("rights")
            )
        }
        let open: Markup = isOpen ? " open" : ""
        let note: Markup =
            settings.served.contains(kind)
            ? "" : " This server does not serve the API yet; the key is kept until it does."
        return """
            <details\(open)>
            <summary>\(kind.title)</summary>
            <form method="post" action="/keys">
            <p class="hint">\(kind.usage)\(note)</p>
            \(visit.tokenField)\(FormParts.hidden("kind", kind.word))\
            \(line(prefix, "label", "Name", isOpen ? visit.form["label"] : "", "What the key is for", own("label")))\
            \(rights)\
            \(line(
                prefix,
                "days",
                "Ends after so many days",
                isOpen ? visit.form["days"] : (kind == .bitcain ? "90" : ""),
                "1 to 3650; empty for never",
                own("days")
            ))\
            <button>Make the \(kind.title)</button>
            </form>
            </details>

            """
    }

    /// A line whose id is unlike those of the page's other forms.
    private func line(
        _ prefix: String,
        _ name: String,
        _ label: String,
        _ value: String,
        _ hint: String,
        _ problems: [Problem]
    ) -> Markup {
        let id = prefix + name
        let words = problems.map { FormParts.capital($0.text) }.joined(separator: " ")
        let wrong: Markup = problems.isEmpty ? "" : "<p class=\"wrong\" id=\"\(id)-wrong\">\(words)</p>\n"
        let mark: Markup =
            problems.isEmpty
            ? " aria-describedby=\"\(id)-hint\""
            : " aria-describedby=\"\(id)-hint \(id)-wrong\" aria-invalid=\"true\""
        return """
            <div class="field">
            <label for="\(id)">\(label)</label>
            <p class="hint" id="\(id)-hint">\(hint)</p>
            \(wrong)<input type="text" id="\(id)" name="\(name)" value="\(value)" autocomplete="off"\(mark)>
            </div>

            """
    }

    // MARK: Changes

    private var createKey: UserPageHandler {
        { visit in
            guard let kind = AccessKeyKind.allCases.first(where: { $0.word == visit.form["kind"] }) else {
                throw PageRefusal.badForm("There is no such sort of key.")
            }
            var draft = AccessKeyDraft(kind: kind, label: visit.form["label"], rights: [])
            if kind == .trustvault {
                draft.rights = kind.rights
            } else if kind.hasOneRight {
                draft.rights = [visit.form["plan"]]
            } else {
                // A right that the sort does not have is refused below, not left away.
                draft.rights = ["read", "write", "info", "trade", "withdraw"]
                    .filter { visit.form.has("right_" + $0) }
            }
            let days = visit.form["days"].filter { $0 != " " }
            // What is no number is out of range.
            if !days.isEmpty { draft.days = Int(days) ?? 0 }
            let problem: Problem
            do {
                let made = try workspace.createKey(draft, of: visit.user)
                var items: [SecretShelf.Item] = []
                if let publicID = made.key.publicID {
                    items.append(SecretShelf.Item(label: "Key", secret: Secret(publicID)))
                }
                items.append(SecretShelf.Item(label: kind.secretTitle, secret: Secret(made.secret)))
                let ticket = shelf.put(items, for: visit.session, at: workspace.time)
                return PageAnswers.see("/keys?made=" + ticket)
            } catch let error as AccessKeyError {
                let field =
                    switch error {
                    case .badLabel: "label"
                    case .badRights: "rights"
                    case .badDays: "days"
                    case .noKeys, .tooMany, .unknown, .cannotSeal: ""
                    }
                problem = Problem(
                    error.description,
                    of: field.isEmpty || (field == "rights" && kind == .trustvault)
                        ? nil : kind.word + "-" + field
                )
            } catch let error as ConnectionError {
                // The operator's matter: the page says so, the log says why.
                onFault?(error, visit.request.id)
                problem = Problem(AccessKeyError.cannotSeal.description)
                return try keysPage(visit, status: 503, in: kind, problems: [problem])
            }
            return try keysPage(visit, status: 422, in: kind, problems: [problem])
        }
    }

    private var revokeKey: UserPageHandler {
        { visit in
            do {
                try workspace.revokeKey(visit.request.parameter("key") ?? "", of: visit.user)
            } catch is AccessKeyError {
                throw PageRefusal.notFound
            }
            return PageAnswers.see("/keys?done=revoked")
        }
    }
}
