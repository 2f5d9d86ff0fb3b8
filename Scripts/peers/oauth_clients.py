#!/usr/bin/env python3
"""Stock OAuth2 clients, Authlib and requests-oauthlib, that get everything from a Coffer server.

Usage: oauth_clients.py [--coffer PATH] [--spoil]

Each sends a user through the page of consent, with PKCE and without, with HTTP Basic and with the secret in the body,
and as a public client; gets tokens, refreshes, revokes and introspects them; is denied; takes a password; stands for
itself. What must not work is tried too: a code and a refresh token twice, a wrong state, a wrong verifier. --spoil lets
a client keep its old refresh token, which must be found.

Runs in the environment that Scripts/fetch-peers makes. Exit codes: 0 all as it must be, 1 something is not, 2 wrong
command line.
"""

import argparse
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile
import urllib.parse

import api_check
import pages_client

REDIRECT = "https://app.example.org/back?from=coffer"
LOOPBACK = "http://127.0.0.1:4711/back"
SCOPE = "read write"


def other_python(python):
    """Goes on in the environment that has the libraries."""
    try:
        import authlib  # noqa: F401
        import requests_oauthlib  # noqa: F401
    except ImportError:
        if pathlib.Path(sys.executable) == pathlib.Path(python) or not os.access(python, os.X_OK):
            raise SystemExit("oauth_clients: Authlib and requests-oauthlib are not there; Scripts/fetch-peers OAuthClients")
        os.execv(python, [python, *sys.argv])


class Consent:
    """A user with a browser, who says yes or no."""

    def __init__(self, origin, email, problems):
        self.browser, self.problems = pages_client.Browser(origin, problems), problems
        answer = self.browser.sign_in(email, pages_client.PASSWORD)
        problems.expect(answer.location == "/keys", f"signing in: {answer.status} {answer.location}")

    def decide(self, url, decision="authorize"):
        """The address that the browser is sent to."""
        parts = urllib.parse.urlsplit(url)
        page = self.browser.get(f"{parts.path}?{parts.query}")
        self.problems.expect(page.status == 200, f"consent: {page.status} {page.text[:200]}")
        answer = self.browser.submit(page, "/oauth/authorize", {"decision": decision})
        self.problems.expect(answer.status == 303, f"{decision}: {answer.status}")
        return answer.location


class Authlib:
    """What a program does with Authlib."""

    name = "authlib"

    def __init__(self, meta, client, method, redirect, pkce):
        from authlib.integrations.requests_client import OAuth2Session

        self.meta, self.pkce = meta, pkce
        self.verifier = secrets.token_urlsafe(48) if pkce else None
        self.session = OAuth2Session(
            client["client_id"], client.get("client_secret"), scope=SCOPE, redirect_uri=redirect,
            token_endpoint_auth_method=method, code_challenge_method="S256" if pkce else None,
        )

    def begin(self):
        more = {"code_verifier": self.verifier} if self.pkce else {}
        return self.session.create_authorization_url(self.meta["authorization_endpoint"], **more)

    def finish(self, state, location, verifier=None):
        more = {"code_verifier": verifier or self.verifier} if self.pkce else {}
        return self.session.fetch_token(
            self.meta["token_endpoint"], authorization_response=location, state=state, **more
        )

    def refresh(self, token):
        return self.session.refresh_token(self.meta["token_endpoint"], refresh_token=token)

    def introspect(self, token):
        return self.session.introspect_token(self.meta["introspection_endpoint"], token=token).json()

    def revoke(self, token):
        return self.session.revoke_token(self.meta["revocation_endpoint"], token=token).status_code

    def get(self, url):
        return self.session.get(url)


class RequestsOAuthlib:
    """What a program does with requests-oauthlib."""

    name = "requests-oauthlib"

    def __init__(self, meta, client, method, redirect, pkce):
        from requests.auth import HTTPBasicAuth
        from requests_oauthlib import OAuth2Session

        self.meta, self.client, self.method = meta, client, method
        self.session = OAuth2Session(
            client["client_id"], redirect_uri=redirect, scope=SCOPE.split(), pkce="S256" if pkce else None
        )
        self.pair = HTTPBasicAuth(client["client_id"], client.get("client_secret", ""))
        self.basic = self.pair if method == "client_secret_basic" else None
        self.fields = {} if self.basic else {"client_id": client["client_id"]}
        if method == "client_secret_post":
            self.fields["client_secret"] = client["client_secret"]

    def begin(self):
        return self.session.authorization_url(self.meta["authorization_endpoint"])

    def finish(self, state, location, verifier=None):
        if state != self.session._state:
            self.session._state = state
        more = {"auth": self.basic} if self.basic else {"include_client_id": True}
        if self.method == "client_secret_post":
            more["client_secret"] = self.client["client_secret"]
        if verifier:
            self.session._code_verifier = verifier
        return self.session.fetch_token(self.meta["token_endpoint"], authorization_response=location, **more)

    def refresh(self, token):
        return self.session.refresh_token(
            self.meta["token_endpoint"], refresh_token=token, auth=self.basic, **self.fields
        )

    def introspect(self, token):
        import requests

        answer = requests.post(
            self.meta["introspection_endpoint"], data={"token": token} | self.fields, auth=self.basic, timeout=30
        )
        return answer.json()

    def revoke(self, token):
        import requests

        data = {"token": token} | self.fields
        return requests.post(self.meta["revocation_endpoint"], data=data, auth=self.basic, timeout=30).status_code

    def get(self, url):
        return self.session.get(url)


def refused(work):
    """The word of the error that a library raises; None when it raises none."""
    try:
        work()
    except Exception as error:  # Each library has a tree of its own.
        return getattr(error, "error", None) or type(error).__name__
    return None


def flow(library, meta, client, method, redirect, pkce, consent, info, problems):
    """One whole flow; the client that went through it, and its last tokens."""
    name = f"{library.name}, {method}, {'with' if pkce else 'without'} PKCE"
    tool = library(meta, client, method, redirect, pkce)
    url, state = tool.begin()
    location = consent.decide(url)
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    problems.expect(location.startswith(redirect), f"{name}: sent to {location}")
    problems.expect(query.get("state") == state and query.get("iss") == meta["issuer"], f"{name}: answered {query}")
    first = tool.finish(state, location)
    expected = {"token_type": "bearer", "expires_in": 7200}
    problems.expect(expected.items() <= dict(first).items(), f"{name}: the tokens are {sorted(first)}")
    shown = tool.get(info)
    problems.expect(shown.status_code == 200 and shown.json()["scope"] == SCOPE.split(), f"{name}: {shown.text}")
    if method != "none":
        state = tool.introspect(first["access_token"])
        problems.expect(state.get("active") is True and state["scope"] == SCOPE, f"{name}: introspection {state}")
    second = dict(tool.refresh(first["refresh_token"]))
    problems.expect(second["refresh_token"] != first["refresh_token"], f"{name}: the refresh token stays")
    problems.expect(tool.get(info).status_code == 200, f"{name}: the refreshed token is not taken")
    problems.expect(tool.revoke(second["access_token"]) == 200, f"{name}: revocation")
    problems.expect(tool.get(info).status_code == 401, f"{name}: a revoked token is taken")
    third = dict(tool.refresh(second["refresh_token"]))
    problems.expect(tool.revoke(third["refresh_token"]) == 200, f"{name}: revocation of a refresh token")
    problems.expect(tool.get(info).status_code == 401, f"{name}: a token outlives its grant")
    return tool


def misuse(library, meta, client, consent, info, problems, is_spoiled):
    """What must not work."""
    name = library.name

    def start(pkce=False):
        tool = library(meta, client, "client_secret_basic", REDIRECT, pkce)
        url, state = tool.begin()
        return tool, state, consent.decide(url)

    tool, state, location = start()
    problems.expect(refused(lambda: tool.finish("another", location)), f"{name}: another state is taken")
    tool.finish(state, location)
    again = library(meta, client, "client_secret_basic", REDIRECT, False)
    again.begin()
    error = refused(lambda: again.finish(state, location))
    problems.expect(error == "invalid_grant", f"{name}: a code twice: {error}")
    problems.expect(tool.get(info).status_code == 401, f"{name}: tokens outlive the second use of their code")
    tool, state, location = start(pkce=True)
    error = refused(lambda: tool.finish(state, location, verifier="wrong" * 10))
    problems.expect(error == "invalid_grant", f"{name}: a wrong verifier: {error}")
    tool, state, location = start()
    old = tool.finish(state, location)["refresh_token"]
    new = dict(tool.refresh(old))
    error = refused(lambda: tool.refresh(new["refresh_token"] if is_spoiled else old))
    problems.expect(error == "invalid_grant", f"{name}: a refresh token twice: {error}")
    problems.expect(refused(lambda: tool.refresh(new["refresh_token"])) == "invalid_grant", f"{name}: the family lives")
    tool = library(meta, client, "client_secret_basic", REDIRECT, False)
    url, state = tool.begin()
    query = urllib.parse.urlsplit(consent.decide(url, "deny")).query
    told = {"error": "access_denied", "state": state, "iss": meta["issuer"]}
    problems.expect(told.items() <= dict(urllib.parse.parse_qsl(query)).items(), f"{name}: denied: {query}")


def passwords(meta, client, email, problems):
    """The grants without a browser."""
    from authlib.integrations.requests_client import OAuth2Session
    import requests

    session = OAuth2Session(client["client_id"], client["client_secret"], scope=SCOPE)
    got = session.fetch_token(meta["token_endpoint"], username=email, password=pages_client.PASSWORD)
    problems.expect(got["scope"] == SCOPE, f"password: {sorted(got)}")
    pair = (client["client_id"], client["client_secret"])
    for changes, auth, error in [
        ({"password": "wrong"}, pair, "invalid_grant"), ({"scope": "everything"}, pair, "invalid_scope"),
        ({"client_id": "nobody"}, None, "invalid_client"),
    ]:
        form = {"grant_type": "password", "username": email, "password": pages_client.PASSWORD, "scope": "read"}
        answer = requests.post(meta["token_endpoint"], data=form | changes, auth=auth, timeout=30)
        found = (answer.status_code, answer.json().get("error"))
        problems.expect(found == (401, error), f"password with {sorted(changes)}: {found}")
    session = OAuth2Session(client["client_id"], client["client_secret"], scope="public")
    got = session.fetch_token(meta["token_endpoint"], grant_type="client_credentials")
    problems.expect(got["scope"] == "public" and "refresh_token" not in got, f"client credentials: {sorted(got)}")


def use(origin, coffer, problems, is_spoiled):
    """Every client, every way."""
    import requests

    meta = requests.get(origin + "/.well-known/oauth-authorization-server", timeout=30).json()
    problems.expect(meta["issuer"] == origin, f"the issuer is {meta['issuer']}")
    email = "ann@example.org"
    coffer("user", "add", email, "--password-stdin", text=pages_client.PASSWORD + "\n")
    confidential = coffer("client", "add", "Stock", REDIRECT, "--user", email, "--scopes", "public,read,write", "--first-party")
    public = coffer("client", "add", "Phone", "http://127.0.0.1/back", "--user", email, "--public")
    consent, info = Consent(origin, email, problems), origin + "/oauth/token/info"
    for library in (Authlib, RequestsOAuthlib):
        for method in ("client_secret_basic", "client_secret_post"):
            for pkce in (True, False):
                flow(library, meta, confidential, method, REDIRECT, pkce, consent, info, problems)
        flow(library, meta, public, "none", LOOPBACK, True, consent, info, problems)
        misuse(library, meta, confidential, consent, info, problems, is_spoiled)
    passwords(meta, confidential, email, problems)
    verifier = base64.urlsafe_b64encode(hashlib.sha256(b"x").digest()).rstrip(b"=").decode()
    bare = meta["authorization_endpoint"] + "?" + urllib.parse.urlencode({
        "response_type": "code", "client_id": public["client_id"], "redirect_uri": LOOPBACK, "state": verifier,
    })
    answer = consent.browser.get(bare.removeprefix(origin))
    problems.expect("error=invalid_request" in answer.location, f"a public client without PKCE: {answer.location}")


@contextlib.contextmanager
def served(options, folder):
    """A server without limits; its address."""
    with open(folder / "serve.log", "w+", encoding="utf-8") as log:
        words = [options.coffer, "serve", "--no-limits", "--data", folder / "data", "--listen", "127.0.0.1:0"]
        server = subprocess.Popen([*words, "--admin-listen", "off"], stdout=log, stderr=log, env=api_check.ENVIRONMENT)
        try:
            yield api_check.address(server, folder / "serve.log")
        finally:
            server.terminate()
            code = server.wait(30)
            if code != 0:
                raise SystemExit(f"oauth_clients: the server ended with {code}: " + (folder / "serve.log").read_text())


def main():
    """Uses everything; the exit code."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--python", default=str(api_check.ROOT / ".build/peers/bin/python"))
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(api_check.ROOT / ".build/release/coffer")))
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    if not os.access(options.coffer, os.X_OK):
        print(f"oauth_clients: {options.coffer} is not there; ./run --once makes it", file=sys.stderr)
        return 2
    other_python(options.python)
    # This computer is asked without TLS.
    os.environ.update({"OAUTHLIB_INSECURE_TRANSPORT": "1", "AUTHLIB_INSECURE_TRANSPORT": "1", "NO_PROXY": "127.0.0.1"})
    problems = pages_client.Problems()
    with tempfile.TemporaryDirectory(prefix="coffer-oauth-") as path:
        folder = pathlib.Path(path)

        def coffer(*words, text=""):
            command = [options.coffer, *words, "--json", "--data", folder / "data"]
            done = subprocess.run(command, input=text, capture_output=True, text=True, env=api_check.ENVIRONMENT)
            if done.returncode != 0:
                raise SystemExit(f"coffer {' '.join(words)} ended with {done.returncode}: {done.stderr}")
            return json.loads(done.stdout)

        with served(options, folder) as origin:
            use(origin, coffer, problems, options.spoil)
    print(f"{problems.count} expectations, {len(problems.found)} not met")
    for line in problems.found[:40]:
        print("  NOT MET  " + line)
    return 1 if problems.found else 0


if __name__ == "__main__":
    sys.exit(main())
