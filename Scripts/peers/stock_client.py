#!/usr/bin/env python3
"""A client of bitcain's portfolio API, written from its page alone, that uses every call against a Coffer server.

Usage: stock_client.py [--coffer PATH]

It signs up, sends its token on every call, brings in a file, makes, changes and deletes a portfolio, and asks for
everything else; keys and types of each answer must be those of the page, and the numbers those of Coffer's command line.

Needs nothing but Python. Exit codes: 0 all as it must be, 1 something is not, 2 wrong command line.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import api_check

TIMEFRAMES = ["1D", "1W", "1M", "3M", "1Y", "ALL"]
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
MONEY = re.compile(r"^-?\d+(\.\d+)?$")

# What the page shows for each model: the keys in order, with the form of each value.
PORTFOLIO = {
    "portfolio_id": "uuid", "user_id": "uuid", "name": "text", "description": "text?", "total_value_usd": "money",
    "target_allocations": "fractions", "current_allocations": "fractions", "last_rebalanced_at": "time?",
    "is_active": "bool", "created_at": "time", "updated_at": "time", "risk_tolerance": "risk", "status": "text",
    "is_default": "bool", "total_return": "money", "total_return_percentage": "money?", "tags": "texts",
}
SNAPSHOT = {
    "id": "uuid", "user_id": "uuid", "portfolio_id": "uuid?", "total_value": "money", "currency": "text",
    "recorded_at": "time", "created_at": "time", "metadata": "object",
}
PERFORMANCE = {
    "period_start": "time", "period_end": "time", "timeframe": "text", "starting_value": "money", "ending_value": "money",
    "current_value": "money", "highest_value": "money", "lowest_value": "money", "absolute_change": "money",
    "absolute_gain": "money", "percentage_change": "money?", "percentage_gain": "money?", "is_profitable": "bool",
    "return_rate": "money?", "max_drawdown": "money?", "volatility": "money?", "total_data_points": "int",
    "currency": "text",
}
# What the page leaves open: the keys that must be among those of the answer.
OPEN = {
    "health": {"status": "text", "service": "text", "timestamp": "time"},
    "balances": {"success": "bool", "exchange": "text", "balances": "list", "total_value_usd": "money", "timestamp": "time"},
    "aggregate": {"success": "bool", "total_value_usd": "money", "exchanges": "list", "assets": "list", "timestamp": "time"},
    "cost-basis": {"success": "bool", "method": "text", "positions": "list", "totals": "object"},
    "lots": {"success": "bool", "count": "int", "lots": "list"},
    "rebuild": {"success": "bool", "lots_created": "int", "disposals_matched": "int", "unmatched_disposals": "int", "rebuilt_at": "time"},
    "backfill": {"success": "bool", "source": "text", "dry_run": "bool", "pages_fetched": "int", "events_found": "int", "events_inserted": "int", "duplicates_skipped": "int", "errors": "list"},
    "csv": {"success": "bool", "dry_run": "bool", "rows_total": "int", "rows_parsed": "int", "rows_inserted": "int", "duplicates_skipped": "int", "errors": "list"},
    "refresh": {"success": "bool", "refreshed_at": "time", "total_value_usd": "money"},
    "value-history": {"success": "bool", "days": "int", "currency": "text", "points": "list"},
    "analytics": {"portfolio_id": "uuid", "total_value_usd": "money", "allocation_drift": "object", "rebalance_needed": "bool", "total_return": "money", "total_return_percentage": "money?", "volatility": "money?", "max_drawdown": "money?", "sharpe_ratio": "money?"},
}
FORMS = {
    "text": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "texts": lambda value: isinstance(value, list) and all(isinstance(text, str) for text in value),
    "fractions": lambda value: isinstance(value, dict) and all(isinstance(share, (int, float)) for share in value.values()),
    "risk": lambda value: value in ("conservative", "moderate", "aggressive"),
    "time": lambda value: isinstance(value, str) and TIME.match(value),
    "money": lambda value: isinstance(value, str) and MONEY.match(value),
    "uuid": lambda value: isinstance(value, str) and str(uuid.UUID(value)) == value,
}


class Problems:
    """What is not as it must be."""

    def __init__(self):
        self.count, self.found = 0, []

    def expect(self, holds, words):
        """Notes what does not hold."""
        self.count += 1
        if not holds:
            self.found.append(words)

    def model(self, name, value, model, is_exact=True):
        """Compares an answer with the page."""
        if not isinstance(value, dict):
            self.expect(False, f"{name}: {value!r} is no object")
            return
        if is_exact:
            self.expect(list(value) == list(model), f"{name}: the keys are {list(value)}, the page has {list(model)}")
        for key, form in model.items():
            holds = key in value and (value[key] is None if form.endswith("?") and value.get(key) is None else bool(FORMS[form.rstrip("?")](value[key])))
            self.expect(holds, f"{name}: {key} is {value.get(key, 'missing')!r}, expected {form}")


class Bitcain:
    """The calls of the page."""

    def __init__(self, origin):
        self.origin, self.base, self.token = origin, origin + "/api/v1/portfolio", None

    def call(self, method, path, query=None, body=None, kind="application/json", expected=200, base=None, accept=None):
        """One call; its answer as JSON, or as bytes where it is none."""
        url = (base or self.base) + path + ("?" + urllib.parse.urlencode(query) if query else "")
        request = urllib.request.Request(url, method=method, data=body)
        if self.token:
            request.add_header("Authorization", "Bearer " + self.token)
        if body is not None:
            request.add_header("Content-Type", kind)
        if accept:
            request.add_header("Accept", accept)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, content, given = answer.status, answer.read(), answer.headers.get("Content-Type", "")
        except urllib.error.HTTPError as error:
            status, content, given = error.code, error.read(), error.headers.get("Content-Type", "")
        if status != expected:
            raise SystemExit(f"{method} {url}: {status} instead of {expected}: {content[:500]!r}")
        return json.loads(content) if given.startswith("application/json") and content else content

    def send(self, method, path, value, **more):
        """A call with a body of JSON."""
        return self.call(method, path, body=json.dumps(value).encode(), **more)

    def upload(self, name, content, query):
        """A call with a file."""
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        body = head.encode() + content.encode() + f"\r\n--{edge}--\r\n".encode()
        return self.call("POST", "/ingest/csv", query, body, f"multipart/form-data; boundary={edge}")


def history():
    """A Coinbase file and prices for it, up to today."""
    today = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    head = "Timestamp,Transaction Type,Asset,Quantity Transacted,Spot Price Currency,Spot Price at Transaction,Subtotal,"
    rows = [head + "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes"]
    for days, kind, asset, much, price in (
        (400, "Buy", "BTC", "0.5", "30000"), (200, "Buy", "ETH", "4", "2000"), (60, "Sell", "BTC", "0.1", "50000"),
        (20, "Receive", "BTC", "0.25", "60000"), (5, "Send", "ETH", "1", "2500"),
    ):
        total = Decimal(much) * Decimal(price)
        time = (today - timedelta(days=days)).strftime("%Y-%m-%dT10:20:30Z")
        rows.append(f"{time},{kind},{asset},{much},USD,{price},{total},{total},0.00,")
    prices = ["date,asset,price_usd"]
    for days in range(401, 0, -1):
        date = (today - timedelta(days=days)).strftime("%Y-%m-%d")
        prices += [f"{date},BTC,{30000 + (401 - days) * 70 + days % 7 * 300}", f"{date},ETH,{2000 + days % 11 * 25}"]
    return "\n".join(rows) + "\n", "\n".join(prices) + "\n"


def use(client, coffer, folder, problems):
    """Every call of the page."""
    rows, prices = history()
    (folder / "prices.csv").write_text(prices, encoding="utf-8")
    coffer("prices", "import", str(folder / "prices.csv"))
    auth = client.origin + "/auth"
    account = {"email": "ada@example.org", "password": "correct horse battery"}
    client.send("POST", "/signup", account, base=auth, expected=201)
    signed = client.send("POST", "/login", account, base=auth)
    signed = client.send("POST", "/refresh", {"refresh_token": signed["session"]["refresh_token"]}, base=auth)
    client.token = signed["session"]["access_token"]
    user = client.call("GET", "/me", base=auth)["user"]["id"]
    owner = {"user_id": user}

    def is_open(name, answer):
        problems.model(name, answer, OPEN[name], is_exact=False)
        return answer

    is_open("health", client.call("GET", "/health"))
    dry = is_open("csv", client.upload("coinbase.csv", rows, {"dry_run": "true"}))
    problems.expect(dry["dry_run"] is True and dry["rows_inserted"] == 5, f"csv: the dry run says {dry}")
    brought = is_open("csv", client.upload("coinbase.csv", rows, {}))
    problems.expect(brought["rows_inserted"] == 5, f"csv: {brought}")
    again = client.upload("coinbase.csv", rows, {})
    problems.expect(again["rows_inserted"] == 0 and again["duplicates_skipped"] == 5, f"csv again: {again}")
    balances = is_open("balances", client.call("GET", "/balances", {"exchange": "coinbase"}))
    nothing = client.call("GET", "/balances")
    problems.expect(nothing["exchange"] == "binanceus" and nothing["balances"] == [], f"balances: {nothing}")
    aggregate = is_open("aggregate", client.call("GET", "/aggregate"))
    basis = is_open("cost-basis", client.call("GET", "/cost-basis"))
    lots = is_open("lots", client.call("GET", "/cost-basis/lots"))
    is_open("rebuild", client.call("POST", "/cost-basis/lots/rebuild"))
    for source in ("trade_history_sync", "coinbase_ledger"):
        query = {"source": source, "dry_run": "true", "max_pages": 2}
        filled = is_open("backfill", client.call("POST", "/ingest/backfill", query))
        problems.expect(filled["success"] is False and filled["errors"] != [], f"backfill with nothing connected: {filled}")
    days = is_open("value-history", client.call("GET", "/value-history", {"days": 10}))
    problems.expect(len(days["points"]) == 10, f"value-history: {len(days['points'])} points")
    is_open("refresh", client.call("POST", "/refresh"))

    targets = {"BTC": 0.6, "ETH": 0.4}
    made = client.send("POST", "/", {"name": "Savings", "target_allocations": targets}, query=owner, expected=201)
    problems.model("create", made, PORTFOLIO)
    problems.expect(made["target_allocations"] == targets and made["risk_tolerance"] == "moderate", f"create: {made}")
    client.send("POST", "/", {"name": "Savings", "target_allocations": targets}, query=owner, expected=409)
    wrong = client.send("POST", "/", {"name": "Half", "target_allocations": {"BTC": 0.5}}, query=owner, expected=422)
    problems.expect(wrong["detail"][0]["loc"] == ["body", "target_allocations"], f"create with a half: {wrong}")
    one = "/" + made["portfolio_id"]
    listed = client.call("GET", "/", owner)
    problems.expect([row["portfolio_id"] for row in listed].count(made["portfolio_id"]) == 1, f"list: {listed}")
    for row in listed:
        problems.model("list", row, PORTFOLIO)
    problems.model("get", client.call("GET", one), PORTFOLIO)
    changed = client.send("PUT", one, {"tags": ["long"], "risk_tolerance": "aggressive"}, query=owner)
    problems.model("update", changed, PORTFOLIO)
    problems.expect(changed["tags"] == ["long"] and changed["name"] == "Savings", f"update: {changed}")
    is_open("analytics", client.call("GET", one + "/analytics", owner))
    check_histories(client, coffer, made["portfolio_id"], problems)
    client.call("DELETE", one, owner | {"force": "true"}, expected=204)
    client.call("GET", one, expected=404)
    compare(coffer, balances, aggregate, basis, lots, days, problems)


def check_histories(client, coffer, portfolio, problems):
    """Histories, performance and export over all times, of all and of one portfolio, also on the command line."""
    for timeframe in TIMEFRAMES:
        for query in ({"timeframe": timeframe}, {"timeframe": timeframe, "portfolio_id": portfolio, "currency": "EUR"}):
            points = client.call("GET", "/history", query)
            problems.expect(isinstance(points, list) and points != [], f"history {query}: {points!r}"[:200])
            for point in points:
                problems.model(f"history {query}", point, SNAPSHOT)
            times = [point["recorded_at"] for point in points]
            problems.expect(times == sorted(times), f"history {query}: not in order of time")
            exported = client.call("GET", "/history/export", query)
            problems.expect(len(exported) == len(points), f"export {query}: {len(exported)} points")
            table = client.call("GET", "/history/export", query, accept="text/csv").decode()
            problems.expect(table.startswith("recorded_at,portfolio_id,total_value,currency"), f"export {query}: {table[:80]}")
            figures = client.call("GET", "/history/performance", query)
            problems.model(f"performance {query}", figures, PERFORMANCE)
            problems.expect(figures["timeframe"] == timeframe, f"performance {query}: {figures['timeframe']}")
            if "portfolio_id" not in query:
                compare_performance(coffer, figures, points, problems)


def compare_performance(coffer, figures, points, problems):
    """The same range on the command line."""
    words = ["--from", figures["period_start"], "--to", figures["period_end"]]
    told = coffer("performance", *words)
    for ours, theirs in (
        ("starting_value", "starting_value"), ("ending_value", "ending_value"), ("absolute_change", "absolute_change"),
        ("highest_value", "highest_value"), ("lowest_value", "lowest_value"), ("return_rate", "time_weighted_return"),
        ("max_drawdown", "max_drawdown"), ("volatility", "volatility"),
    ):
        same = figures[ours] is told[theirs] if figures[ours] is None or told[theirs] is None else Decimal(figures[ours]) == Decimal(told[theirs])
        problems.expect(same, f"{ours} of {figures['timeframe']} is {figures[ours]}, coffer performance says {told[theirs]}")
    value = coffer("value", "--at", points[0]["recorded_at"])["total_value"]
    problems.expect(Decimal(value) == Decimal(points[0]["total_value"]), f"history begins with {points[0]}, coffer value says {value}")


def compare(coffer, balances, aggregate, basis, lots, days, problems):
    """The same numbers on the command line."""
    held = {row["asset"]: row["quantity"] for row in coffer("balances")["balances"]}
    told = {row["asset"]: row["total"] for row in balances["balances"]}
    same = {asset: Decimal(text) for asset, text in held.items()} == {asset: Decimal(text) for asset, text in told.items()}
    problems.expect(same, f"balances are {told}, coffer balances says {held}")
    total = coffer("value", "--at", aggregate["timestamp"])["total_value"]
    problems.expect(Decimal(total) == Decimal(aggregate["total_value_usd"]), f"aggregate: {aggregate['total_value_usd']}, coffer value {total}")
    open_lots = [lot for lot in lots["lots"] if not lot["is_closed"]]
    ours = coffer("lots")["lots"]
    problems.expect([lot["lot_id"] for lot in open_lots] == [lot["lot_id"] for lot in ours], f"lots are {open_lots}, coffer lots says {ours}")
    cost = sum(Decimal(row["cost_basis_usd"]) for row in basis["positions"])
    problems.expect(cost == Decimal(basis["totals"]["cost_basis_usd"]), f"cost-basis: {basis}")
    for point in days["points"][:-1]:
        after = datetime.fromisoformat(point["date"]) + timedelta(days=1)
        value = coffer("value", "--at", after.strftime("%Y-%m-%d"))["total_value"]
        problems.expect(Decimal(value) == Decimal(point["total_value_usd"]), f"value-history {point}, coffer value says {value}")


def main():
    """Uses everything; the exit code."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(api_check.ROOT / ".build/release/coffer")))
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    if not os.access(options.coffer, os.X_OK):
        print(f"stock_client: {options.coffer} is not there; ./run --once makes it", file=sys.stderr)
        return 2
    problems = Problems()
    with tempfile.TemporaryDirectory(prefix="coffer-client-") as path:
        folder = pathlib.Path(path)

        def coffer(*words):
            user = [] if words[0] == "prices" else ["--user", "ada@example.org"]
            command = [options.coffer, *words, *user, "--data", folder / "data", "--json"]
            done = subprocess.run(command, capture_output=True, text=True, env=api_check.ENVIRONMENT)
            if done.returncode != 0:
                raise SystemExit(f"coffer {' '.join(words)} ended with {done.returncode}: {done.stderr}")
            return json.loads(done.stdout)

        with api_check.served(options, folder) as origin, contextlib.suppress(BrokenPipeError):
            use(Bitcain(origin), coffer, folder, problems)
    print(f"{problems.count} expectations, {len(problems.found)} not met")
    for line in problems.found[:40]:
        print("  NOT MET  " + line)
    return 1 if problems.found else 0


if __name__ == "__main__":
    sys.exit(main())
