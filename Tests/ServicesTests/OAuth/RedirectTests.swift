import Testing

@testable import Services

@Suite("Redirect addresses")
private struct RedirectTests {
    @Test(arguments: [
        "https://app.example.org/back", "https://app.example.org", "https://app.example.org:8443/a?b=c",
        "https://[2001:db8::1]/back", "HTTPS://app.example.org/", "http://127.0.0.1/back",
        "http://127.0.0.1:9999/back", "http://[::1]:80/", "http://localhost:8000/callback",
        "com.example.app:/back", "com.example.app://back?x=%20",
    ])
    func `what an application may register`(_ text: String) {
        #expect(RedirectAddress.problem(of: text) == nil)
    }

    @Test(arguments: [
        ("", "1 to 2000 characters"),
        ("https://a/" + String(repeating: "a", count: 1991), "1 to 2000 characters"),
        ("https://a.org/#x", "fragment"), ("https://*.a.org/", "wildcard"), ("https://a.org/*", "wildcard"),
        ("javascript:alert(1)", "has to begin with https:"), ("data:text/html,x", "has to begin with https:"),
        ("JaVaScRiPt:alert(1)", "has to begin with https:"),
        ("file:///etc/passwd", "has to begin with https:"),
        ("myapp://back", "scheme of the program's own"),
        ("urn:ietf:wg:oauth:2.0:oob", "has to begin with https:"),
        ("http://app.example.org/", "http: is for 127.0.0.1"), ("http://127.0.0.1.evil.org/", "http: is for"),
        ("http://127.0.0.1@evil.org/", "user name"), ("https://user:word@a.org/", "user name"),
        ("https:a.org", "//"), ("https://", "no host"), ("https:///x", "no host"),
        ("https://:80/", "no host"),
        ("https://a.org:0/", "port"), ("https://a.org:65536/", "port"), ("https://a.org:x/", "port"),
        ("https://[::1", "port"), ("http://[::1]evil.org/", "port"),
        ("/back", "whole address"), ("back", "whole address"), ("://a", "whole address"),
        ("1a.b:c", "whole address"),
        ("https://a.org/ b", "character"), ("https://a.org/\n", "character"),
        ("https://a.org/ü", "character"),
        ("https://a.org/<b>", "character"), ("https://a.org\\@evil.org", "character"),
        ("https://a.org/%2", "character"), ("https://a.org/%zz", "character"),
        ("com.example.app:", "nothing after"),
    ])
    func `what an application may not register`(_ text: String, _ words: String) {
        #expect(RedirectAddress.problem(of: text)?.contains(words) == true, "\(text)")
    }

    @Test func `an address is taken byte for byte, but for the port of a literal loopback address`() {
        let registered = "https://app.example.org/back"
        #expect(RedirectAddress.matches(registered, registered: registered))
        for other in [
            "https://app.example.org/back/", "https://app.example.org/Back", "https://APP.example.org/back",
            "https://app.example.org:443/back", "https://app.example.org/back?x=1",
            "https://app.example.org/%62ack",
            "http://app.example.org/back", "https://app.example.org/back/../x", "",
        ] {
            #expect(!RedirectAddress.matches(other, registered: registered), "\(other)")
        }
        for asked in ["http://127.0.0.1/back", "http://127.0.0.1:1/back", "http://127.0.0.1:65535/back"] {
            #expect(RedirectAddress.matches(asked, registered: "http://127.0.0.1:8000/back"), "\(asked)")
        }
        #expect(RedirectAddress.matches("http://[::1]:7/?a=b", registered: "http://[::1]/?a=b"))
        for asked in [
            "http://127.0.0.1:8000/other", "http://127.0.0.2:8000/back", "http://localhost:8000/back",
            "http://[::1]:8000/back", "https://127.0.0.1:8000/back", "http://127.0.0.1:/back",
            "http://127.0.0.1:99999/back", "http://127.0.0.1:80@evil.org/back", "http://127.0.0.1:8000\\back",
            "http://127.0.0.1:80.evil.org/back", "HTTP://127.0.0.1/back",
        ] {
            #expect(!RedirectAddress.matches(asked, registered: "http://127.0.0.1:8000/back"), "\(asked)")
        }
        // A name is not a literal address: its port counts.
        #expect(!RedirectAddress.matches("http://localhost:1/", registered: "http://localhost:2/"))
    }

    @Test func `an answer is added to the query and escaped`() {
        let parameters = [OAuthParameter("code", "a b&c=ü"), OAuthParameter("state", "#?/")]
        #expect(
            RedirectAddress.adding(parameters, to: "https://a.org/b")
                == "https://a.org/b?code=a%20b%26c%3D%C3%BC&state=%23%3F%2F"
        )
        #expect(
            RedirectAddress.adding([OAuthParameter("x", "y")], to: "https://a.org/b?c=d")
                == "https://a.org/b?c=d&x=y"
        )
        #expect(RedirectAddress.adding([OAuthParameter("x", "y")], to: "a.b:/?") == "a.b:/?x=y")
    }
}
