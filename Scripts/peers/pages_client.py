#!/usr/bin/env python3
"""A browser without scripts that uses every page of a Coffer server: cookies, forms and redirects as browsers have them.

Usage: pages_client.py [--coffer PATH] [--spoil]

It signs up and in, makes and revokes a key of every sort, registers an application, sends another user through consent
and denial, takes the access back, tries what must not work, and reads the server's log for secrets. Every answer is
held against the headers that all pages must have. --spoil leaves sign-up open, which must be found.

Needs nothing but Python. Exit codes: 0 all as it must be, 1 something is not, 2 wrong command line.
"""

import argparse
import base64
import contextlib
import hashlib
import html.parser
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

import api_check

PASSWORD = "correct horse battery"
REDIRECT = "https://app.example/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
FORM = "application/x-www-form-urlencoded"
HEADERS = {
    "referrer-policy": "no-referrer", "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin", "x-robots-tag": "noindex", "cache-control": "no-store",
}
POLICY = ["default-src 'none'", "style-src 'self'", "img-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]


class Problems:
    """What is not as it must be."""

    def __init__(self):
        self.count, self.found = 0, []

    def expect(self, holds, words):
        """Notes what does not hold."""
        self.count += 1
        if not holds:
            self.found.append(words)


class Page(html.parser.HTMLParser):
    """The forms, links, scripts and secrets of a page."""

    def __init__(self, text):
        super().__init__()
        self.text, self.forms, self.links, self.scripts, self.secrets = text, [], [], [], []
        self.area = self.secret = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in ("script", "style", "iframe") or "style" in values or any(name.startswith("on") for name in values):
            self.scripts.append(tag)
        if tag == "form":
            self.forms.append({"action": values["action"], "method": values.get("method"), "fields": {}})
        if tag == "input" and self.forms and "name" in values:
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.forms[-1]["fields"][values["name"]] = values.get("value", "")
        if tag == "textarea":
            self.area = values["name"]
            self.forms[-1]["fields"][self.area] = ""
        if tag == "a":
            self.links.append(values.get("href", ""))
        if tag == "code" and values.get("class") == "secret":
            self.secret = ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None
        if tag == "code" and self.secret is not None:
            self.secrets.append(self.secret)
            self.secret = None

    def handle_data(self, data):
        if self.area:
            # The line break after the tag belongs to the tag.
            self.forms[-1]["fields"][self.area] += data.removeprefix("\n")
        if self.secret is not None:
            self.secret += data


class Answer:
    """A status, headers and a page."""

    def __init__(self, response):
        self.status, self.text = response.status, response.read().decode()
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.cookies = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
        self.location = self.headers.get("location", "")
        self.page = Page(self.text)


class Browser:
    """Keeps cookies and sends forms."""

    def __init__(self, origin, problems):
        self.host, self.problems, self.cookies = urllib.parse.urlsplit(origin).netloc, problems, {}

    def send(self, method, path, body=None, headers=None):
        """One request; its answer is held against the rules of all pages."""
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request(method, path, body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        for line in answer.cookies:
            pair, *attributes = line.split("; ")
            name, _, value = pair.partition("=")
            self.problems.expect({"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes), f"{path}: the cookie {line!r}")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        for name, value in HEADERS.items():
            self.problems.expect(answer.headers.get(name) == value, f"{method} {path}: {name} is {answer.headers.get(name)!r}")
        policy = answer.headers.get("content-security-policy", "").split("; ")
        self.problems.expect(set(POLICY) <= set(policy), f"{method} {path}: the policy is {policy}")
        self.problems.expect(not answer.page.scripts, f"{method} {path}: {answer.page.scripts}")
        if answer.status != 303:
            kind = answer.headers.get("content-type")
            self.problems.expect(kind == "text/html; charset=utf-8", f"{method} {path}: Content-Type is {kind}")
        return answer

    def get(self, path):
        """A page, after the redirects within the server."""
        for _ in range(6):
            answer = self.send("GET", path)
            if answer.status != 303 or not answer.location.startswith("/"):
                return answer
            path = answer.location
        raise SystemExit(f"pages_client: {path} goes round in circles")

    def post(self, path, fields, headers=None):
        """A form's answer, as it comes."""
        return self.send("POST", path, urllib.parse.urlencode(fields), {"Content-Type": FORM} | (headers or {}))

    def submit(self, answer, action, values=(), having=None):
        """Fills a form of a page and sends it, as it comes; None unticks a field."""
        for form in answer.page.forms:
            if form["action"] == action and (having is None or having.items() <= form["fields"].items()):
                fields = form["fields"] | dict(values)
                return self.post(action, {name: value for name, value in fields.items() if value is not None})
        raise SystemExit(f"pages_client: no form for {action} in {answer.status} {answer.text}")

    def sign_in(self, account, password):
        """The answer to the sign-in form."""
        return self.submit(self.get("/signin"), "/signin", {"email": account, "password": password})


def call(origin, method, path, headers=None, form=None):
    """A program's request; its status and body."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(origin).netloc, timeout=30)
    body = urllib.parse.urlencode(form) if form is not None else None
    connection.request(method, path, body, ({"Content-Type": FORM} if form is not None else {}) | (headers or {}))
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def use(origin, coffer, problems, log):
    """Uses every page."""
    secrets = [PASSWORD]
    paths = json.loads(call(origin, "GET", "/openapi.json")[1])["paths"]
    problems.expect(not any(path.startswith(("/signin", "/keys")) for path in paths), "pages are in the OpenAPI document")
    ann = Browser(origin, problems)
    sign_up(ann, origin, problems)
    keys(ann, origin, paths, problems, secrets)
    coffer("user", "add", "ben@example.org", "--password-stdin", text=PASSWORD + "\n")
    ben = Browser(origin, problems)
    problems.expect(ben.sign_in("ben@example.org", PASSWORD).location == "/keys", "ben cannot sign in")
    applications(ann, ben, origin, problems, secrets)
    others(ann, ben, problems)
    guessing(origin, problems)
    ending(ann, problems)
    secrets += [value for browser in (ann, ben) for value in browser.cookies.values()]
    said = log.read_text()
    for secret in secrets:
        problems.expect(secret not in said, f"the log has {secret[:8]}…")


def sign_up(ann, origin, problems):
    """The first visitor makes an account, the second cannot."""
    first = ann.get("/")
    problems.expect("/signup" in first.page.links, f"the first page has the links {first.page.links}")
    fields = {"name": "Ann", "email": "ann@example.org", "password": PASSWORD, "password_confirmation": PASSWORD}
    wrong = ann.submit(ann.get("/signup"), "/signup", fields | {"password_confirmation": "other words"})
    problems.expect(wrong.status == 422 and PASSWORD not in wrong.text, f"passwords that differ: {wrong.status}")
    made = ann.submit(ann.get("/signup"), "/signup", fields)
    problems.expect(made.status == 303 and made.location == "/keys", f"sign-up: {made.status} {made.location}")
    problems.expect("What to do next" in ann.get("/").text, "the first page after sign-up does not say what to do next")
    late = Browser(origin, problems)
    page = late.send("GET", "/signup")
    problems.expect(page.status == 403, f"sign-up after the first: {page.status}")


def keys(ann, origin, paths, problems, secrets):
    """A key of every sort is made, shown once, used and revoked."""
    for kind, values in {
        "bitcain": {"days": "1"}, "cryptfolio": {}, "trustvault": {}, "cointracking": {"plan": "pro"},
        "coinbtr": {"right_trade": "on", "right_withdraw": None},
    }.items():
        made = ann.submit(ann.get("/keys"), "/keys", {"label": f"{kind} & <co>"} | values, having={"kind": kind})
        shown = ann.get(made.location)
        problems.expect(made.status == 303 and shown.page.secrets, f"{kind}: {made.status}, {len(shown.page.secrets)} secrets")
        if not shown.page.secrets:
            continue
        secret = shown.page.secrets[-1]
        secrets.append(secret)
        problems.expect(f"{kind} &amp; &lt;co&gt;" in shown.text, f"{kind} is not listed")
        for path in (made.location, "/keys", "/get_api_keys"):
            problems.expect(secret not in ann.get(path).text, f"{kind}: {path} shows the secret again")
        target, headers = {
            "bitcain": ("/api/v1/portfolio/cost-basis", {"Authorization": "Bearer " + secret}),
            "cryptfolio": ("/api/user", {"X-API-KEY": secret}),
        }.get(kind, (None, None))
        if target in paths:
            status = call(origin, "GET", target, headers)[0]
            problems.expect(status == 200, f"{kind}: {target} answers {status}")
        revoke = [form["action"] for form in shown.page.forms if form["action"].endswith("/revoke")][0]
        done = ann.submit(shown, revoke)
        problems.expect(done.location == "/keys?done=revoked", f"{kind}: revoking answers {done.status}")
        if target in paths:
            status = call(origin, "GET", target, headers)[0]
            problems.expect(status == 401, f"{kind}: {target} answers {status} after the key was revoked")


def applications(ann, ben, origin, problems, secrets):
    """An application is registered by one user, allowed and denied by another, and deleted."""
    fields = {"name": "Ledger <app>", "redirect_uris": REDIRECT + "\nhttp://127.0.0.1/cb", "scope_write": "on"}
    made = ann.submit(ann.get("/oauth/applications/new"), "/oauth/applications", fields)
    page = ann.get(made.location)
    client, secret = page.page.secrets[:2]
    secrets.append(secret)
    here = f"/oauth/applications/{client}"
    problems.expect(secret not in ann.get(here).text, "the secret of an application is shown again")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    ask = {
        "response_type": "code", "client_id": client, "redirect_uri": REDIRECT, "scope": "read info", "state": "a b&<c>",
        "code_challenge": challenge, "code_challenge_method": "S256",
    }
    address = "/oauth/authorize?" + urllib.parse.urlencode(ask)
    guest = Browser(origin, problems)
    to_sign_in = guest.send("GET", address)
    problems.expect(to_sign_in.location.startswith("/signin?return_to="), f"a guest is sent to {to_sign_in.location}")
    signed_in = guest.submit(guest.get(to_sign_in.location), "/signin", {"email": "ben@example.org", "password": PASSWORD})
    consent = guest.get(signed_in.location)
    problems.expect("Ledger &lt;app&gt;" in consent.text and "app.example" in consent.text, "the page of consent names nobody")
    policy = consent.headers["content-security-policy"]
    problems.expect("form-action 'self' https://app.example;" in policy, f"the policy of consent is {policy}")
    decisions = [form["fields"].get("decision") for form in consent.page.forms if form["action"] == "/oauth/authorize"]
    problems.expect(decisions == ["authorize", "deny"], f"consent has the decisions {decisions}")
    denied = answered(guest.submit(consent, "/oauth/authorize", having={"decision": "deny"}))
    problems.expect(denied.get("error") == "access_denied" and denied.get("state") == "a b&<c>", f"denial: {denied}")
    problems.expect(denied.get("iss"), f"denial: {denied}")
    allowed = answered(guest.submit(guest.get(address), "/oauth/authorize", having={"decision": "authorize"}))
    problems.expect("code" in allowed and allowed.get("state") == "a b&<c>", f"consent: {allowed}")
    secrets.append(allowed.get("code", "-"))
    wrong = ben.send("GET", address.replace("app.example", "evil.example"))
    problems.expect(wrong.status == 400 and not wrong.location, f"a wrong redirect address: {wrong.status}")
    redeem(ben, client, secret, allowed.get("code", "-"), origin, problems, secrets)
    rotated = ann.get(ann.submit(ann.get(here), here + "/rotate").location)
    problems.expect(rotated.page.secrets[1] not in (client, secret), "a rotated secret is the old one")
    secrets.append(rotated.page.secrets[1])
    for path in (here, here + "/edit"):
        problems.expect(ben.send("GET", path).status == 404, f"ben sees {path}")
    deleted = ann.submit(ann.get(here), here + "/delete", {"sure": "on"})
    problems.expect(deleted.location == "/oauth/applications?done=deleted", f"deletion: {deleted.status}")
    gone = ben.send("GET", address)
    problems.expect(gone.status == 400 and not gone.location, f"an application that is gone: {gone.status}")


def answered(answer):
    """The parameters with which the browser was sent back to the application."""
    if answer.status != 303 or not answer.location.startswith(REDIRECT + "?"):
        return {"status": answer.status, "location": answer.location}
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.location).query))


def redeem(ben, client, secret, code, origin, problems, secrets):
    """The code is good once, the user sees the application and takes its access back."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER,
        "client_id": client, "client_secret": secret,
    }
    status, body = call(origin, "POST", "/oauth/token", form=form)
    problems.expect(status == 200, f"the code is answered with {status} {body}")
    token = json.loads(body).get("access_token", "-")
    secrets.append(token)
    listed = ben.get("/oauth/authorized_applications")
    problems.expect("Ledger &lt;app&gt;" in listed.text, "an authorized application is not listed")
    asked = {"token": token, "client_id": client, "client_secret": secret}
    active = json.loads(call(origin, "POST", "/oauth/introspect", form=asked)[1])
    problems.expect(active.get("active") is True, f"introspection: {active}")
    done = ben.submit(listed, f"/oauth/authorized_applications/{client}/revoke")
    problems.expect(done.location == "/oauth/authorized_applications?done=revoked", f"taking back: {done.status}")
    active = json.loads(call(origin, "POST", "/oauth/introspect", form=asked)[1])
    problems.expect(active == {"active": False}, f"introspection after it was taken back: {active}")


def others(ann, ben, problems):
    """What forms of others must not do."""
    ann.submit(ann.get("/keys"), "/keys", {"label": "mine"}, having={"kind": "trustvault"})
    page = ann.get("/keys")
    revoke = [form for form in page.page.forms if form["action"].endswith("/revoke")][0]
    theirs = ben.get("/keys").page.forms[0]["fields"]["csrf"]
    problems.expect(ben.post(revoke["action"], {"csrf": theirs}).status == 404, "ben revokes ann's key")
    for fields in ({}, {"csrf": ""}, {"csrf": theirs}):
        status = ann.post(revoke["action"], fields).status
        problems.expect(status == 403, f"a form with {fields} is answered with {status}")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        status = ann.post(revoke["action"], revoke["fields"], headers).status
        problems.expect(status == 403, f"a form with {headers} is answered with {status}")
    same = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    problems.expect(ann.post(revoke["action"], revoke["fields"], same).status == 303, "a form as Chrome sends it is refused")
    for method, path, wanted in (("GET", "/keys/nothing", 404), ("HEAD", "/profile", 200), ("DELETE", "/keys", 405)):
        status = ann.send(method, path).status
        problems.expect(status == wanted, f"{method} {path} is answered with {status}")
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        sent = ann.send("GET", "/signin?return_to=" + urllib.parse.quote(target)).location
        problems.expect(sent == "/keys", f"return_to={target} leads to {sent}")


def guessing(origin, problems):
    """Who guesses waits, and is told so in the same words for accounts that are not there."""
    for account in ("ben@example.org", "nobody@example.org"):
        guesser = Browser(origin, problems)
        answers = [guesser.sign_in(account, "wrong password") for _ in range(10)]
        # The waits begin at a second, which may pass while a password is hashed, and double.
        while answers[-1].status == 401 and len(answers) < 16:
            answers.append(guesser.sign_in(account, "wrong password"))
        said = [answer.status for answer in answers]
        problems.expect(said == [401] * (len(said) - 1) + [429], f"{account}: {said}")
        problems.expect("retry-after" in answers[-1].headers, f"{account}: no Retry-After")
        same = answers[0].text.replace(account, "")
        problems.expect("No account has this e-mail address and password." in same, f"{account}: {same}")


def ending(ann, problems):
    """A changed password ends other sessions, and signing out this one; what makes the browser known stays and opens nothing."""
    other = Browser("http://" + ann.host, problems)
    other.sign_in("ann@example.org", PASSWORD)
    change = {"present": PASSWORD, "password": PASSWORD + "!", "password_confirmation": PASSWORD + "!"}
    done = ann.submit(ann.get("/profile"), "/profile/password", change)
    problems.expect(done.location == "/profile?done=password", f"the password: {done.status}")
    problems.expect(other.send("GET", "/keys").location == "/signin", "another session outlives a changed password")
    stolen = dict(ann.cookies)
    out = ann.submit(ann.get("/profile"), "/signout")
    problems.expect(out.status == 303 and list(ann.cookies) == ["coffer_browser"], f"signing out: {out.status}, {list(ann.cookies)} left")
    problems.expect(ann.send("GET", "/keys").location == "/signin", "a known browser needs no password")
    ann.cookies = stolen
    problems.expect(ann.send("GET", "/keys").location == "/signin", "a session outlives signing out")


@contextlib.contextmanager
def served(options, folder):
    """A server with its usual limits, but for the rate of one session; its address."""
    changes = {"COFFER_RATE_BURST": "10000"} | ({"COFFER_PAGES_SIGN_UP": "open"} if options.spoil else {})
    with open(folder / "serve.log", "w+", encoding="utf-8") as log:
        words = [options.coffer, "serve", "--data", folder / "data", "--listen", "127.0.0.1:0", "--admin-listen", "off"]
        server = subprocess.Popen(words, stdout=log, stderr=log, env=api_check.ENVIRONMENT | changes)
        try:
            yield api_check.address(server, folder / "serve.log")
        finally:
            server.terminate()
            code = server.wait(30)
            if code != 0:
                raise SystemExit(f"pages_client: the server ended with {code}: " + (folder / "serve.log").read_text())


def main():
    """Uses everything; the exit code."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(api_check.ROOT / ".build/release/coffer")))
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    if not os.access(options.coffer, os.X_OK):
        print(f"pages_client: {options.coffer} is not there; ./run --once makes it", file=sys.stderr)
        return 2
    problems = Problems()
    with tempfile.TemporaryDirectory(prefix="coffer-pages-") as path:
        folder = pathlib.Path(path)

        def coffer(*words, text=""):
            command = [options.coffer, *words, "--data", folder / "data"]
            done = subprocess.run(command, input=text, capture_output=True, text=True, env=api_check.ENVIRONMENT)
            if done.returncode != 0:
                raise SystemExit(f"coffer {' '.join(words)} ended with {done.returncode}: {done.stderr}")

        with served(options, folder) as origin:
            use(origin, coffer, problems, folder / "serve.log")
    print(f"{problems.count} expectations, {len(problems.found)} not met")
    for line in problems.found[:40]:
        print("  NOT MET  " + line)
    return 1 if problems.found else 0


if __name__ == "__main__":
    sys.exit(main())
