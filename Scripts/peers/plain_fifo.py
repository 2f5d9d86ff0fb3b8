#!/usr/bin/env python3
"""FIFO in plain Python: reads Coffer's own layout, prints each disposal and the gain of each year.

The least that computes the same gains, and what Coffer must be faster than. It checks and keeps nothing.

Usage: plain_fifo.py FILE

It knows trades against one currency, and transfers, which one pool over all accounts may pass over. Amounts are whole
counts of 10^-8, so no digit is lost; each cost is rounded down once and the rest stays in its lot.
"""

import csv
import sys
from collections import deque


def scaled(text):
    """A plain decimal with at most 8 decimals as a count of 10^-8."""
    whole, _, decimals = text.partition(".")
    return int(whole + decimals.ljust(8, "0"))


def plain(count):
    """A count of 10^-8 as a plain decimal."""
    return f"{'-' if count < 0 else ''}{abs(count) // 10**8}.{abs(count) % 10**8:08d}"


def main():
    lots = {}
    years = {}
    write = sys.stdout.write
    with open(sys.argv[1], newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        place = {name: column for column, name in enumerate(next(rows))}
        time, kind = place["time"], place["kind"]
        in_amount, in_asset, out_amount, out_asset = (
            place[name] for name in ("in_amount", "in_asset", "out_amount", "out_asset")
        )
        fee_amount, money = place["fee_amount"], place["value_asset"]
        for row in rows:
            if row[kind] != "trade":
                continue
            fee = scaled(row[fee_amount]) if row[fee_amount] else 0
            if row[out_asset] == row[money]:
                lot = [scaled(row[in_amount]), scaled(row[out_amount]) + fee]
                lots.setdefault(row[in_asset], deque()).append(lot)
                continue
            wanted, cost = scaled(row[out_amount]), 0
            queue = lots[row[out_asset]]
            while wanted:
                lot = queue[0]
                if lot[0] <= wanted:
                    wanted -= lot[0]
                    cost += lot[1]
                    queue.popleft()
                else:
                    part = lot[1] * wanted // lot[0]
                    lot[0] -= wanted
                    lot[1] -= part
                    cost += part
                    wanted = 0
            proceeds = scaled(row[in_amount]) - fee
            write(
                f"{row[time][:10]} {row[out_asset]} {row[out_amount]} {plain(proceeds)} {plain(cost)} {plain(proceeds - cost)}\n"
            )
            year = years.setdefault(row[time][:4], [0, 0])
            year[0] += proceeds
            year[1] += cost
    for year, (proceeds, cost) in sorted(years.items()):
        write(f"{year} {plain(proceeds)} {plain(cost)} {plain(proceeds - cost)}\n")


if __name__ == "__main__":
    main()
