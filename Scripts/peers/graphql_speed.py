#!/usr/bin/env python3
"""graphql_speed.py [POINTS [ASSETS [ROUNDS]]]: how long graphql-core takes over a portfolio's history.

The schema and the made-up data are those of Tests/GraphQLTests/Execution/PortfolioSchema.swift, the query asks for each point's total and
each balance, converted twice within each other. The document is read and judged once, as on a warm cache. Prints one line of JSON: the
best round in seconds, and how many bytes the answer has, which must be as many as the other side's.
"""

import json
import sys
import time

from graphql import build_schema, execute, parse, validate

SDL = """
enum TimePeriod { HOURLY DAILY }
type Amount { value: String currency: String! timestamp: String in(currency: String!): Amount! }
type Balance { amount: Amount }
type Portfolio { timestamp: String! balances: [Balance] total: Amount! }
type User { portfolio(startDate: String, limit: Int = 200, timePeriod: TimePeriod): [Portfolio!]! }
type Query { user: User! }
"""

QUERY = """
{ user { portfolio { timestamp
  total { value currency timestamp in(currency: "GBP") { value currency timestamp in(currency: "USD") { value currency } } }
  balances { amount { value currency timestamp in(currency: "GBP") {
    value currency timestamp in(currency: "USD") { value currency timestamp } } } } } } }
"""

RATES = {"GBP": 2, "USD": 3, "EUR": 4}


class Amount:
    __slots__ = ("currency", "timestamp", "units")

    def __init__(self, units, currency):
        self.units = units
        self.currency = currency
        self.timestamp = None


def main():
    numbers = [int(word) for word in sys.argv[1:]]
    points, assets, rounds = numbers + [200, 20, 5][len(numbers):]
    schema = build_schema(SDL)
    fields = schema.type_map["Amount"].fields
    fields["value"].resolve = lambda amount, _info: str(amount.units)
    fields["in"].resolve = lambda amount, _info, currency: Amount(amount.units * RATES[currency], currency)
    data = [
        {
            "timestamp": f"T{hour}",
            "total": Amount(hour * 10, "GBP"),
            "balances": [{"amount": Amount(hour + asset, f"C{asset}")} for asset in range(assets)],
        }
        for hour in range(points)
    ]
    root = {"user": {"portfolio": data}}
    schema.type_map["User"].fields["portfolio"].resolve = lambda user, _info, **_arguments: user["portfolio"]
    document = parse(QUERY)
    if validate(schema, document):
        print("graphql_speed: the query is not valid", file=sys.stderr)
        return 1
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        result = execute(schema, document, root_value=root)
        text = json.dumps({"data": result.data}, separators=(",", ":"))
        best = min(best, time.perf_counter() - start)
        if result.errors:
            print(f"graphql_speed: {result.errors[0].message}", file=sys.stderr)
            return 1
    print(json.dumps({"seconds": best, "bytes": len(text)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
