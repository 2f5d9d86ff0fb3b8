#!/usr/bin/env python3
"""Turns the ECB's daily rates into the compact table that ships inside the product.

Usage: Scripts/make-rates.py FILE [OUTPUT]

FILE has the columns date,asset,price_usd (US dollars for one unit of a currency, one row for each day and currency).
OUTPUT, by default Sources/CAssets/ecb-rates.csv, has one row for each day and one column for each currency in
alphabetical order; a cell holds the very digits of the input and is empty where the ECB quoted nothing.
"""

import csv
import pathlib
import re
import sys

HEADER = ["date", "asset", "price_usd"]
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
PRICE = re.compile(r"(0|[1-9]\d*)(\.\d{1,18})?")


def stop(message):
    """Ends the script with one line."""
    sys.exit(f"make-rates: {message}")


def read_rates(path):
    """The rates as {date: {currency: digits}}."""
    days = {}
    with open(path, newline="", encoding="ascii") as source:
        rows = csv.reader(source)
        if next(rows, None) != HEADER:
            stop(f"{path}:1: expected the header {','.join(HEADER)}")
        for row in rows:
            where = f"{path}:{rows.line_num}"
            if len(row) != 3:
                stop(f"{where}: found {len(row)} cells, expected 3")
            date, currency, price = row
            if not (DATE.fullmatch(date) and CURRENCY.fullmatch(currency) and PRICE.fullmatch(price)):
                stop(f"{where}: found {','.join(row)}, expected a date, a currency code and a plain decimal")
            if not price.strip("0."):
                stop(f"{where}: a rate of zero")
            day = days.setdefault(date, {})
            if currency in day:
                stop(f"{where}: {currency} stands twice on {date}")
            day[currency] = price
    return days


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    root = pathlib.Path(__file__).resolve().parent.parent
    output = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else root / "Sources/CAssets/ecb-rates.csv"
    days = read_rates(sys.argv[1])
    currencies = sorted({currency for day in days.values() for currency in day})
    if not days:
        stop(f"{sys.argv[1]} has no rows")
    with open(output, "w", newline="", encoding="ascii") as target:
        target.write(",".join(["date"] + currencies) + "\n")
        for date in sorted(days):
            target.write(",".join([date] + [days[date].get(currency, "") for currency in currencies]) + "\n")
    print(f"{output}: {len(days)} days, {len(currencies)} currencies, {output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
