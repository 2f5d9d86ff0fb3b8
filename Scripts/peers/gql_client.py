#!/usr/bin/env python3
"""A stock GraphQL client, gql, that learns everything from a Coffer server.

Usage: gql_client.py [--coffer PATH] [--spoil]

Prints the schema with gql-cli and compares it with the one that was reviewed; sends the guide's four queries with the
schema that it was told and without any; asks what is wrong with and without checking it here; asks by GET and with
variables. Totals must be those of the command line. --spoil changes one digit of those, which must be found.

Runs in the environment that Scripts/fetch-peers makes. Exit codes: 0 all as it must be, 1 something is not, 2 wrong
command line.
"""

import argparse
import decimal
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

import api_check
import oauth_clients
import pages_client

FIELDS = "items { timestamp total { value timestamp currency } balances { items { amount { currency timestamp value } asset { name } } } }"
GUIDE = {
    "latest": "query UserPortfolioQuery { user { portfolio { %s } } }" % FIELDS,
    "date": 'query UserPortfolioQuery { user { portfolio(endDate: "2024-03-01T12:00:00.000Z") { %s } } }' % FIELDS,
    "range": 'query UserPortfolioQuery { user { portfolio(startDate: "2024-02-23T12:00:00.000Z", '
    'endDate: "2024-03-08T12:00:00.000Z", timePeriod: WEEKLY) { %s } } }' % FIELDS,
    "currency": "query UserPortfolioQuery { user { portfolio { items { timestamp total { value in(currency: \"EUR\") "
    "{ currency value timestamp } } balances { items { amount { value in(currency: \"EUR\") { currency value } } } } } } } }",
}
PRICES = "date,asset,price_usd\n" + "".join(
    f"{day},{asset},{price}\n"
    for day in ("2023-01-01", "2024-02-20", "2024-02-28", "2024-03-05")
    for asset, price in (("BTC", "51234.56"), ("ETH", "2987.65"), ("SOL", "101.5"), ("ADA", "0.5"))
)


def other_python(python):
    """Goes on in the environment that has the library."""
    try:
        import gql  # noqa: F401
    except ImportError:
        if pathlib.Path(sys.executable) == pathlib.Path(python) or not os.access(python, os.X_OK):
            raise SystemExit("gql_client: gql is not there; Scripts/fetch-peers GQLClient")
        os.execv(python, [python, *sys.argv])


def use(origin, key, coffer, problems, spoil):
    """Asks for everything."""
    import gql
    import graphql
    from gql.transport.exceptions import TransportQueryError, TransportServerError
    from gql.transport.requests import RequestsHTTPTransport

    url = origin + "/graphql"

    def transport(headers):
        return RequestsHTTPTransport(url=url, headers=headers, timeout=30)

    good = {"x-api-key": key}

    # The schema, as gql's own program prints it.
    program = [sys.executable, "-m", "gql.cli"]
    script = pathlib.Path(sys.executable).with_name("gql-cli")
    if os.access(script, os.X_OK):
        program = [sys.executable, str(script)]
    done = subprocess.run(
        [*program, url, "-H", f"x-api-key:{key}", "--print-schema"],
        capture_output=True, text=True, timeout=120,
    )
    golden = (api_check.ROOT / "Tests/TrustVaultAPITests/Golden/schema.txt").read_text().split("\n", 1)[1]
    problems.expect(done.returncode == 0, f"gql-cli: {done.returncode} {done.stderr[-400:]}")
    problems.expect(done.stdout.strip() == golden.strip(), "the schema of gql-cli is not the one that was reviewed")
    problems.expect(graphql.validate_schema(graphql.build_schema(golden)) == [], "the schema is not valid")

    # With the schema that the server tells, and without one.
    told = gql.Client(transport=transport(good), fetch_schema_from_transport=True)
    blind = gql.Client(transport=transport(good))
    for name, text in GUIDE.items():
        with told as session:
            answer = session.execute(gql.gql(text))
        problems.expect(blind.execute(gql.gql(text)) == answer, f"{name}: another answer without the schema")
        items = answer["user"]["portfolio"]["items"]
        problems.expect(len(items) == (3 if name == "range" else 1), f"{name}: {len(items)} points")
        if name == "currency":
            at = items[0]["timestamp"]
            total = items[0]["total"]
            report = coffer("convert", total["value"], "USD", "EUR", "--at", at)
            problems.expect(total["in"]["value"] == report["value"], f"{name}: {total['in']} and {report}")
            continue
        for item in items:
            report = coffer("value", "--at", item["timestamp"], "--currency", item["total"]["currency"])
            total = report["total_value"]
            if spoil:
                total = total[:-1] + str((int(total[-1]) + 1) % 10)
            problems.expect(
                same(item["total"]["value"], total), f"{name}: a total of {item['total']['value']}, of {total} in coffer value"
            )

    # What is wrong is found here with the schema, and by the server without.
    wrong = "{ user { portfolioo { items { timestamp } } } }"
    try:
        with told as session:
            session.execute(gql.gql(wrong))
        problems.expect(False, "a wrong field was sent")
    except graphql.GraphQLError as error:
        problems.expect("Cannot query field" in error.message, f"checked here: {error.message}")
        here = error.message
    try:
        blind.execute(gql.gql(wrong))
        problems.expect(False, "a wrong field was answered")
    except TransportQueryError as error:
        there = error.errors[0]["message"]
        problems.expect(there.replace('"', "'") == here.replace('"', "'"), f"the server says {there!r}, gql {here!r}")

    # Variables, and an enum among them.
    text = gql.gql(
        "query ($start: String, $end: String, $period: TimePeriod = DAILY, $more: Boolean!) { user { portfolio(startDate: $start, "
        "endDate: $end, timePeriod: $period) { items { timestamp balances @include(if: $more) { items { asset { symbol } } } } } } }"
    )
    values = {"start": "2024-03-01T00:00:00Z", "end": "2024-03-01T03:00:00Z", "period": "HOURLY", "more": False}
    text.variable_values = values
    items = blind.execute(text)["user"]["portfolio"]["items"]
    problems.expect([item["timestamp"][11:13] for item in items] == ["03", "02", "01", "00"], f"hours: {items}")
    problems.expect("balances" not in items[0], "what is not included came")
    request = urllib.request.Request(url + "?query=%7B__typename%7D", headers=good)
    with urllib.request.urlopen(request, timeout=30) as answer:
        problems.expect(json.load(answer) == {"data": {"__typename": "Query"}}, "by GET")

    # Without a good key nothing is told.
    for headers in ({}, {"x-api-key": "cft_nothing"}):
        try:
            gql.Client(transport=transport(headers)).execute(gql.gql("{ __typename }"))
            problems.expect(False, f"answered to {headers}")
        except (TransportServerError, TransportQueryError) as error:
            problems.expect("not authorized" in str(error) or "401" in str(error), f"refused: {error}")


def same(exact, rounded):
    """Whether a decimal is another one, rounded half-even to as many places as that has."""
    with decimal.localcontext(prec=60):
        return decimal.Decimal(exact).quantize(decimal.Decimal(rounded), decimal.ROUND_HALF_EVEN) == decimal.Decimal(rounded)


def main():
    """Asks for everything; the exit code."""
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
        print(f"gql_client: {options.coffer} is not there; ./run --once makes it", file=sys.stderr)
        return 2
    other_python(options.python)
    os.environ["NO_PROXY"] = "127.0.0.1"
    problems = pages_client.Problems()
    with tempfile.TemporaryDirectory(prefix="coffer-gql-") as path:
        folder = pathlib.Path(path)

        def coffer(*words):
            command = [options.coffer, *words, "--json", "--data", folder / "data"]
            if user:
                command += ["--user", user]
            done = subprocess.run(command, capture_output=True, text=True, env=api_check.ENVIRONMENT)
            if done.returncode != 0:
                raise SystemExit(f"coffer {' '.join(words)} ended with {done.returncode}: {done.stderr}")
            return json.loads(done.stdout)

        user = None
        seeded = coffer("seed", "--users", "1", "--entries", "400")["users"][0]
        (folder / "prices.csv").write_text(PRICES)
        coffer("prices", "import", str(folder / "prices.csv"))
        user = seeded["email"]
        with oauth_clients.served(options, folder) as origin:
            use(origin, seeded["trustvault"]["api_key"], coffer, problems, options.spoil)
    print(f"{problems.count} expectations, {len(problems.found)} not met")
    for line in problems.found[:40]:
        print("  NOT MET  " + line)
    return 1 if problems.found else 0


if __name__ == "__main__":
    sys.exit(main())
