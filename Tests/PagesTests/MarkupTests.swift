import Testing

@testable import Pages

@Suite("Markup")
private struct MarkupTests {
    @Test(
        arguments: [
            ("<b>", "&lt;b&gt;"), ("a & b", "a &amp; b"), ("\"quoted\"", "&quot;quoted&quot;"),
            ("it's", "it&#39;s"), ("&lt;", "&amp;lt;"), ("line\nline\ttab", "line\nline\ttab"),
            ("null\u{0}byte", "null\u{FFFD}byte"), ("\u{1B}[31m", "\u{FFFD}[31m"),
            ("\u{85}\u{7F}", "\u{FFFD}\u{FFFD}"), ("evil\u{202E}txt.exe", "evil\u{FFFD}txt.exe"),
            ("\u{2066}a\u{2069}", "\u{FFFD}a\u{FFFD}"), ("\u{200F}\u{FEFF}", "\u{FFFD}\u{FFFD}"),
            ("Zoë 漢字 🪙 עברית", "Zoë 漢字 🪙 עברית"), ("", ""),
        ]
    )
    func `text is escaped wherever it is put`(_ text: String, _ escaped: String) {
        #expect(Markup(text: text).html == escaped)
        let put: Markup = "<p title=\"\(text)\">\(text)</p>"
        #expect(put.html == "<p title=\"\(escaped)\">\(escaped)</p>")
    }

    @Test func `a piece that was built here goes in as it is, once`() {
        let inner: Markup = "<b>\("<i>")</b>"
        let outer: Markup = "<p>\(inner)\([inner, inner])\(7)</p>"
        #expect(outer.html == "<p><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>7</p>")
        var both = inner
        both += inner
        #expect(Markup([inner, inner], between: ", ").html == inner.html + ", " + inner.html)
        #expect(both.bytes == Array((inner.html + inner.html).utf8))
    }

    @Test(
        arguments: [
            ("/keys", "/keys"), ("/profile?done=details", "/profile?done=details"),
            ("/oauth/applications/new", "/oauth/applications/new"),
            ("/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2F&state=%2F%2F", nil),
            ("//evil.example", "/keys"), ("/\\evil.example", "/keys"), ("https://evil.example", "/keys"),
            ("/keys//evil.example", "/keys"), ("javascript:alert(1)", "/keys"), ("", "/keys"),
            ("/keysevil", "/keys"), ("/keys/../signout", "/keys"), ("/keys/%2e%2e/signout", "/keys"),
            ("/signout", "/keys"), ("/signin?return_to=/signin", "/keys"), ("/keys#x", "/keys"),
            ("/keys\r\nSet-Cookie: a=b", "/keys"), ("/keys ", "/keys"), (" /keys", "/keys"),
            ("/keys?x=\u{E9}", "/keys"), ("/%2Fevil.example", "/keys"), ("keys", "/keys"),
            ("/oauth/token", "/keys"), ("/keys?" + String(repeating: "x", count: 8192), "/keys"),
        ] as [(String, String?)]
    )
    func `a visitor is sent on to own pages alone`(_ text: String, _ path: String?) {
        #expect(ReturnPath.checked(text) == path ?? text)
    }

    @Test(
        arguments: [
            ("https://app.example/cb", "app.example", "https://app.example"),
            ("https://app.example:8443/cb?x=1", "app.example:8443", "https://app.example:8443"),
            ("http://127.0.0.1:5000/", "127.0.0.1:5000", "http://127.0.0.1:5000"),
            ("http://[::1]:5000/cb", "[::1]:5000", "http:"),
            ("https://app.example", "app.example", "https://app.example"),
            ("https://app.example?x", "app.example", "https://app.example"),
            ("com.example.app:/cb", "com.example.app:", "com.example.app:"),
            ("HTTPS://App.example/cb", "App.example", "https://App.example"),
            ("https://a;script-src *", "a;script-src *", "https:"),
            ("https://a'self'", "a'self'", "https:"),
            ("bad scheme:/x", "bad scheme:", "'self'"),
        ]
    )
    func `a redirect address becomes one source of the policy and nothing more`(
        _ address: String,
        _ shown: String,
        _ source: String
    ) {
        let shape = RedirectShape(address)
        #expect(shape.shown == shown && shape.source == source)
    }

    @Test func `time spans are said in their largest unit`() {
        #expect(Pages.words(forSeconds: 7200) == "2 hours")
        #expect(Pages.words(forSeconds: 86_400) == "1 day")
        #expect(Pages.words(forSeconds: 90) == "90 seconds")
        #expect(Pages.words(forSeconds: 1) == "1 second")
    }
}
