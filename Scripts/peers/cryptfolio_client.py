#!/usr/bin/env python3
"""A client of CryptFolio's API that sends Rails forms, walks every route and compares with the command line.

Usage: cryptfolio_client.py [--coffer PATH] [--spoil]

It works on a seeded folder behind a server with both revisions on two ports. Every number that a portfolio shows is compared
with what the command line says of the same data, digit for digit; both revisions must tell the same. --spoil changes one
balance before it is compared, which must be found.

Needs nothing but Python. Exit codes: 0 all as it must be, 1 something is not, 2 wrong command line.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

import api_check

ADDRESS = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
AMOUNT = re.compile(r"^-?[0-9]+\.[0-9]+$")
INSTANT = {
    "2018-01": re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"),
    "2019-03": re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$"),
}
CURRENCY_KEYS = [
    "id", "code", "title", "created_at", "updated_at", "is_cryptocurrency", "is_fiat", "is_ethereum_token",
    "ethereum_contract_address", "source",
]


class Problems:
    """What is not as it must be."""

    def __init__(self):
        self.count, self.found = 0, []

    def expect(self, holds, words):
        """Notes what does not hold."""
        self.count += 1
        if not holds:
            self.found.append(words)

    def same(self, found, wanted, words):
        """Notes two values that differ."""
        self.expect(found == wanted, f"{words}: {found!r}, not {wanted!r}")


def pairs(value, name):
    """The pairs of a value as Rails' clients nest them: lists by `[]`, objects by `[key]`, keys by the alphabet."""
    if isinstance(value, list):
        return [pair for item in value for pair in pairs(item, name + "[]")] or [(name + "[]", None)]
    if isinstance(value, dict):
        return [pair for key in sorted(value) for pair in pairs(value[key], f"{name}[{key}]")]
    return [(name, str(value))]


def form(fields):
    """Fields as an urlencoded form; a name without a value has no equals sign."""
    quote = urllib.parse.quote_plus
    sent = [pair for key in sorted(fields) for pair in pairs(fields[key], key)]
    return "&".join(quote(name) if value is None else f"{quote(name)}={quote(value)}" for name, value in sent)


class Client:
    """One revision of the API, with a token."""

    def __init__(self, base, token, revision, problems):
        self.base, self.token, self.revision, self.problems = urllib.parse.urlsplit(base), token, revision, problems
        self.routes = set()

    def call(self, method, path, fields=None, status=200, token=True, headers=None):
        """The result of a request, whose envelope must be in order; of a refusal the whole body."""
        self.routes.add((method, re.sub(r"(?<=/)\d+(?=/|$|\?)", "N", path.split("?")[0])))
        connection = http.client.HTTPConnection(self.base.hostname, self.base.port, timeout=20)
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = "Bearer " + self.token
        body = None
        if fields is not None:
            sent["Content-Type"], body = "application/x-www-form-urlencoded", form(fields)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        place = f"{self.revision} {method} {path}"
        self.problems.same(answer.status, status, f"{place}: status of {text[:200]}")
        envelope = json.loads(text)
        self.problems.expect(abs(envelope["time"] - time.time()) < 3600, f"{place}: the time")
        self.problems.same(envelope["success"], answer.status < 300, f"{place}: success")
        self.problems.expect("error" not in envelope, f"{place}: a top-level error")
        if answer.status >= 300:
            self.problems.expect("result" not in envelope and envelope["message"], f"{place}: a failure's form")
            return envelope
        self.check(envelope["result"], place)
        return envelope["result"]

    def check(self, value, place, key=""):
        """Instants and amounts have the revision's form, wherever they stand."""
        if isinstance(value, dict):
            for name, inner in value.items():
                self.check(inner, place, name)
        elif isinstance(value, list):
            for inner in value:
                self.check(inner, place, key)
        elif value is not None and (key.endswith("_at") or key.endswith("_updated") or key == "next_update"):
            self.problems.expect(INSTANT[self.revision].match(value), f"{place}: {key} is {value}")
        elif value is not None and key in ("balance", "delta", "fee", "sent", "received", "last_trade"):
            self.problems.expect(AMOUNT.match(value), f"{place}: {key} is {value}")

    def rows(self, path, name, **options):
        """A list, wrapped or bare as the revision has it."""
        result = self.call("GET", path, **options)
        return result[name] if self.revision == "2018-01" else result

    def code(self, currency):
        """The code of a row's currency."""
        return currency if self.revision == "2018-01" else currency["code"]


def plain(amount):
    """An amount of the API as the command line writes it."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


class Walk:
    """The walk of one client over all routes, beside the command line."""

    def __init__(self, client, tell, problems):
        self.api, self.tell, self.problems = client, tell, problems

    def all(self, spoil):
        """Every route once and more."""
        self.public()
        user = self.api.call("GET", "/api/user")
        self.problems.same(user["email"], "user1@coffer.example", "the user")
        number = self.default()
        self.portfolios()
        self.sums(number, spoil)
        self.offsets(number)
        self.addresses(number)
        self.accounts(number)

    def public(self):
        """What needs no token."""
        for path in ("", "/cryptocurrencies", "/fiat", "/tokens"):
            result = self.api.call("GET", "/api/currencies" + path, token=False)
            self.problems.same(result["count"], len(result["currencies"]), "the count of currencies")
            self.problems.expect(all(list(each) == CURRENCY_KEYS for each in result["currencies"]), "ten keys")
        token = self.api.call("GET", "/api/currencies/rep", token=False)
        self.problems.expect(token["is_ethereum_token"] and not token["is_cryptocurrency"], "rep is a token only")
        self.api.call("GET", "/api/currencies/nosuch", status=404, token=False)
        self.api.call("GET", "/api/currencies/eur/exchanges", token=False)
        for path in ("exchanges", "sources", "status", "rates", "exchanges/bundled", "source/bundled"):
            self.api.call("GET", "/api/" + path, token=False)
        rate = self.api.call("GET", "/api/exchanges/bundled/eur/usd", token=False)
        rates = self.api.call("GET", "/api/rate/eur/usd", token=False)
        self.problems.expect(rate in rates, "a rate of one source is among those of all")

    def default(self):
        """The number of the seeded portfolio, which every token of its user sees first."""
        first = self.api.call("GET", "/api/portfolios")[0]
        self.problems.same(first["title"], "Portfolio", "the default portfolio")
        one = self.api.call("GET", f"/api/portfolios/{first['id']}")
        for name in ("currencies", "accounts", "addresses", "offsets"):
            self.problems.same(first[name], len(one[name]), "the number of " + name)
        self.problems.same(self.api.call("GET", f"/api/v1/portfolios/{first['id']}"), one, "the alias")
        return first["id"]

    def portfolios(self):
        """A portfolio from its beginning to its end."""
        made = self.api.call("POST", "/api/portfolios", {"title": "Made & named", "currencies": ["usd", "btc"]})
        path = f"/api/portfolios/{made['id']}"
        self.problems.same([each["code"] for each in made["currencies"]], ["btc", "usd"], "the order of currencies")
        renamed = self.api.call("PATCH", path, {"title": "Renamed"})
        self.problems.same(renamed["title"], "Renamed", "the new title")
        self.problems.same(self.api.call("GET", path), renamed, "what was answered is what is there")
        empty = self.api.call("PATCH", path, {"currencies": []}, status=422)
        self.problems.same(empty["invalid"], ["must have at least one reporting currency selected"], "no currency")
        self.api.call("PATCH", path, {"currencies": ["nosuch"]}, status=404)
        self.api.call("POST", path + "/currencies", {"currency": "ltc"})
        self.api.call("DELETE", path + "/currencies", {"currencies": ["btc"]})
        self.api.call("POST", "/api/portfolio/currencies", {"currency": "eth", "portfolio_id": made["id"]})
        self.api.call("DELETE", "/api/portfolio/currencies", {"currency": "eth", "portfolio_id": made["id"]})
        codes = [each["code"] for each in self.api.rows(path + "/currencies", "currencies")]
        self.problems.same(codes, ["ltc", "usd"], "the currencies that are left")
        told = [each["name"] for each in self.tell("portfolio", "list")["portfolios"]]
        self.problems.expect("Renamed" in told, f"the command line knows the portfolio: {told}")
        self.api.call("DELETE", path)
        self.api.call("GET", path, status=404)

    def sums(self, number, spoil):
        """What the seeded portfolio holds, beside the command line."""
        path = f"/api/portfolios/{number}"
        told = {each["asset"].lower(): each["quantity"] for each in self.tell("balances")["balances"]}
        codes = sorted({*list(told)[:6], "usd", "zec"})
        self.api.call("PATCH", path, {"currencies": codes})
        rows = self.api.rows(path + "/balances", "balances")
        found = {self.api.code(row["currency"]): plain(row["balance"]) for row in rows}
        if spoil:
            found["usd"] += "1"
        self.problems.same(list(found), codes, "one row for each reporting currency, by code")
        for code in codes:
            self.problems.same(found[code], told.get(code, "0"), f"the balance of {code}")
            row = self.api.rows(f"{path}/balances/{code}", "balances")
            self.problems.same([plain(each["balance"]) for each in row], [found[code]] if not spoil or code != "usd"
                               else [found[code][:-1]], f"the balance of {code} alone")
        shown = self.tell("portfolio", "currencies")["currencies"]
        converted = self.api.rows(path + "/converted", "balances")
        self.problems.same(
            {self.api.code(row["currency"]): plain(row["balance"]) for row in converted if "stale" not in row},
            {row["currency"].lower(): row["converted"] for row in shown
             if not next(each for each in converted if self.api.code(each["currency"]) == row["currency"].lower())
             .get("stale")},
            "converted balances",
        )
        history = self.api.rows(path + "/balances/usd/history", "balances")
        days = [row["balance_at"][:10] for row in history]
        self.problems.expect(days == sorted(days, reverse=True) and len(set(days)) == len(days), "a row a day")
        self.problems.expect(all(row["balance_at"][11:19] == "12:00:00" for row in history), "rows of noons")
        every = self.api.rows(path + "/balances/history", "balances")
        self.problems.same(len(every), len(days) * len(codes), "a row for each day and currency")
        self.problems.same(len(self.api.rows(path + "/converted/history", "balances")), len(every), "converted days")
        self.problems.same(len(self.api.rows(path + "/inventory", "balances")), len(codes), "the inventory")
        self.problems.same(self.held(path, "xmr"), 0, "a currency that is not reported")
        unknown = self.api.call("GET", path + "/balances/nosuch", status=404)
        self.problems.same(unknown["message"], "Not found", "a currency that nobody knows")

    def movements(self, one):
        """Transactions under both names, and the days; the transactions' sum is what is held."""
        txns = self.api.rows(one + "/txns", "txns")
        self.problems.same(self.api.rows(one + "/transactions", "txns"), txns, "transactions by either name")
        times = [row["txn_at"] for row in txns]
        self.problems.expect(times == sorted(times, reverse=True), "the newest transaction first")
        self.api.rows(one + "/history", "balances")
        return txns

    def offsets(self, number):
        """An offset, and what it does to the sums."""
        path = f"/api/portfolios/{number}"
        before = self.held(path, "btc")
        stated = [{"balance": "-2", "currency": "usd"}, {"balance": "0.000000000000000001", "currency": "btc"}]
        made = self.api.call("POST", path + "/offsets", {"title": "Attic", "balances": stated})
        self.problems.same(
            [(self.api.code(each["currency"]), each["balance"]) for each in made["balances"]],
            [("btc", "0.000000000000000001"), ("usd", "-2.0")],
            "what the offset states",
        )
        one = f"{path}/offsets/{made['id']}"
        self.problems.same(self.api.call("GET", one), made, "the offset that was made")
        self.problems.same(self.held(path, "btc") - before, 1, "one unit more")
        told = [each for each in self.tell("offset", "list")["offsets"] if each["id"] == made["id"]]
        self.problems.expect(told and told[0]["title"] == "Attic", f"the command line knows the offset: {told}")
        self.api.rows(one + "/balances", "balances")
        self.problems.same(len(self.movements(one)), 2, "an offset's corrections")
        self.api.call("PATCH", one, {"balances": [{"balance": "1e-5", "currency": "btc"}]})
        self.problems.same(self.held(path, "btc") - before, 10 ** 13, "the whole set was replaced")
        for balance in ("0.0000000000000000001", "much", ""):
            wrong = {"title": "x", "balances": [{"balance": balance, "currency": "btc"}]}
            self.api.call("POST", path + "/offsets", wrong, status=422)
        self.problems.same(len(self.api.rows(path + "/offsets", "offsets")), 1, "the offsets")
        self.api.call("DELETE", path + "/offsets", {"id": made["id"]})
        self.api.call("DELETE", one, status=404)
        self.problems.same(self.held(path, "btc"), before, "what it stated no longer counts")

    def held(self, path, code):
        """The balance of a currency in units of 10⁻¹⁸."""
        whole, _, decimals = self.api.rows(f"{path}/balances/{code}", "balances")[0]["balance"].partition(".")
        return int(whole + decimals.ljust(18, "0"))

    def addresses(self, number):
        """An address that no server reads, and one with a slip."""
        path = f"/api/portfolios/{number}/addresses"
        made = self.api.call("POST", path, {"title": "Mine", "address": ADDRESS, "currency": ["btc"]})
        one = f"{path}/{made['id']}"
        self.problems.same(self.api.call("GET", one), made, "the address that was made")
        self.problems.same(self.api.call("PATCH", one, {"title": "Other"})["title"], "Other", "its new title")
        for part in ("balances", "txns", "transactions", "history"):
            refused = self.api.call("GET", f"{one}/{part}", status=503)
            self.problems.same(refused["message"], "Not ready", "an address before it is read")
        wrong = self.api.call("POST", path, {"title": "Slip", "address": ADDRESS[:-1] + "U", "currency": "btc"})
        valid = not wrong["is_invalid"] if self.api.revision == "2018-01" else wrong["valid"]
        self.problems.expect(not valid, "a slip is found")
        told = {each["id"] for each in self.tell("address", "list")["addresses"]}
        found = {each["id"] for each in self.api.rows(path, "addresses")}
        self.problems.same(found, told, "the addresses that the command line knows")
        self.api.call("DELETE", f"{path}?id={wrong['id']}")
        self.api.call("DELETE", one)

    def accounts(self, number):
        """The seeded accounts, and one of a venue without a connector."""
        path = f"/api/portfolios/{number}/accounts"
        told = {each["asset"].lower(): each["quantity"] for each in self.tell("balances")["balances"]}
        sums = {}
        for account in self.api.rows(path, "accounts"):
            one = f"{path}/{account['id']}"
            self.problems.same(self.api.call("GET", one), account, "an account alone")
            self.movements(one)
            for row in self.api.rows(one + "/balances", "balances"):
                whole, _, decimals = row["balance"].partition(".")
                code = self.api.code(row["currency"])
                sums[code] = sums.get(code, 0) + int(whole + decimals.ljust(18, "0"))
        for code, quantity in told.items():
            whole, _, decimals = quantity.partition(".")
            self.problems.same(sums.get(code, 0), int(whole + decimals.ljust(18, "0")), f"accounts hold the {code}")
        secrets = {"key": "k-visible-nowhere", "secret": "s-visible-nowhere"}
        made = self.api.call("POST", path, {"title": "Bittrex", "type": "bittrex", **secrets})
        one = f"{path}/{made['id']}"
        changed = self.api.call("PATCH", one, {"title": "Renamed", "api_key": "k-visible-nowhere", "api_secret": "s-visible-nowhere"})
        gone = self.api.call("DELETE", path, {"id": made["id"]})
        other = self.api.call("POST", path, {"title": "Other", "type": "nowhere"})
        self.api.call("DELETE", f"{path}/{other['id']}")
        shown = json.dumps([made, changed, gone])
        self.problems.expect("visible-nowhere" not in shown, "no answer shows a key or a secret")


def managed(client, problems):
    """Users of an administrator."""
    made = client.call("POST", "/api/users/create", {
        "name": "Ada", "email": f"ada{client.revision}@example.org", "password": "correct horse battery",
    })
    client.call("PATCH", f"/api/users/{made['id']}", {"name": "Ada L."})
    known = {each["id"]: each["name"] for each in client.rows("/api/users", "users")}
    problems.same(known.get(made["id"]), "Ada L.", "the user's new name")
    client.call("DELETE", f"/api/users/{made['id']}")


def unvisited(document, routes):
    """The routes of the document that were not asked for."""
    visited = {(method.lower(), re.sub(r"(?<=/)[^/]+(?=/|$)", "*", path)) for method, path in routes}
    missing = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not operation["operationId"].startswith("cryptfolio_"):
                continue
            pattern = re.compile("^" + re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(path)) + "$")
            if not any(verb.lower() == method and pattern.match(asked) for verb, asked in routes):
                missing.append(f"{method.upper()} {path}")
    return missing if visited else ["nothing was asked for"]


def check(options, folder):
    """Walks both revisions; the exit code."""
    problems = Problems()
    data = folder / "data"
    seed = [options.coffer, "seed", "--users", "2", "--entries", "200", "--data", data, "--json"]
    seeded = json.loads(api_check.run(seed))
    api_check.ENVIRONMENT["COFFER_CRYPTFOLIO_PORT_2019"] = "0"

    def tell(*words):
        """What the command line says of the first user's data."""
        command = [options.coffer, *words, "--json", "--data", data, "--user", seeded["users"][0]["email"]]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=api_check.ENVIRONMENT).stdout)

    with api_check.served(options, folder) as base:
        beside = None
        for line in (folder / "serve.log").read_text().splitlines():
            if line.strip().startswith("cryptfolio"):
                beside = line.split()[1]
        document = json.loads(api_check.fetch(base + "/openapi.json"))
        token, key = (seeded["users"][0]["cryptfolio"][name] for name in ("access_token", "api_key"))
        routes = set()
        for address, revision in ((base, "2018-01"), (beside, "2019-03")):
            client = Client(address, token, revision, problems)
            Walk(client, tell, problems).all(options.spoil and revision == "2018-01")
            # As a known client sends it, with a doubled slash.
            client.call("GET", "//api/user?api_key=" + key, token=False)
            client.call("POST", "/api/portfolios", {"title": "x"}, status=403, token=False, headers={"X-API-KEY": key})
            client.call("GET", "/api/portfolios", status=401, token=False)
            admin = Client(address, seeded["admin"]["cryptfolio"]["access_token"], revision, problems)
            managed(admin, problems)
            foreign = Client(address, seeded["users"][1]["cryptfolio"]["access_token"], revision, problems)
            foreign.call("GET", f"/api/portfolios/{client.call('GET', '/api/portfolios')[0]['id']}", status=404)
            routes |= client.routes | admin.routes
        metadata = json.loads(api_check.fetch(beside + "/.well-known/oauth-authorization-server"))
        problems.expect(metadata["token_endpoint"].endswith("/oauth/token"), "OAuth is served beside")
        for route in unvisited(document, {(method, path.replace("//", "/")) for method, path in routes}):
            problems.expect(False, "not asked for: " + route)
    log = (folder / "serve.log").read_text()
    problems.expect("api_key" not in log and key not in log and token not in log, "the log shows no credential")
    for words in problems.found[:40]:
        print("cryptfolio_client:", words)
    print(f"cryptfolio_client: {problems.count} checks, {len(problems.found)} problems")
    return 1 if problems.found else 0


def main():
    """Checks; the exit code."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(api_check.ROOT / ".build/release/coffer")))
    parser.add_argument("--spoil", action="store_true")
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    if not os.access(options.coffer, os.X_OK):
        print(f"cryptfolio_client: {options.coffer} is not there; ./run --once makes it", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="coffer-cryptfolio-") as folder:
        return check(options, pathlib.Path(folder))


if __name__ == "__main__":
    sys.exit(main())
