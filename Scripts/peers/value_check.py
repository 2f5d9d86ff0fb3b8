#!/usr/bin/env python3
"""Compares Coffer's value histories and figures of performance with a plain model on random ledgers and prices.

Usage: value_check.py [--rounds N] [--seed N] [--events N] [--spoil] [--coffer PATH]

  --rounds N    so many ledgers (default 4)
  --seed N      the seed of the first ledger (default 1); the next ones follow it
  --events N    rows of a ledger (default 150)
  --spoil       give Coffer the prices of BTC a cent less, which must be found: proves that the comparison can fail
  --coffer PATH the program (default: COFFER_BINARY, else .build/release/coffer)

The model replays the whole ledger for every question, looks a price up by going through all of them, and counts in
exact fractions, or with 60 digits where roots are needed. A value may differ by a unit of 10^-18 for each asset, since
Coffer rounds once for each way that prices take; what is computed from values may differ by what that makes of it.

Needs nothing but Python. Exit codes: 0 all equal, 1 something differs, 2 wrong command line.
"""

import argparse
import collections
import csv
import decimal
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import zoneinfo
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
MICRO = timedelta(microseconds=1)
FIAT = {"USD", "EUR"}
HUBS = ["USD", "EUR", "BTC"]
FRESH = {True: 5 * 86_400, False: 48 * 3600}
CAPITAL = {"deposit", "withdrawal", "gift_in", "gift_out", "spend", "loan_received"}
RESULT = {"staking", "lost", "fee", "airdrop"}
COLUMNS = "time kind in_amount in_asset out_amount out_asset fee_amount fee_asset account to_account".split()
decimal.getcontext().prec = 60


def micros(moment):
    """An instant as microseconds since 1970."""
    return (moment - EPOCH) // MICRO


def moment(number):
    """An instant from microseconds."""
    return EPOCH + number * MICRO


def text(moment):
    """An instant as Coffer reads it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parsed(words):
    """An instant as Coffer writes it."""
    return datetime.fromisoformat(words.replace("Z", "+00:00"))


class Row:
    """One entry: up to three legs, each an asset, an amount and the account that holds it; nil is outside."""

    def __init__(self, time, kind, incoming=None, outgoing=None, fee=None):
        self.time, self.kind = time, kind
        self.incoming, self.outgoing, self.fee = incoming, outgoing, fee

    def changes(self):
        """What the entry does to balances."""
        for leg, sign in ((self.incoming, 1), (self.outgoing, -1), (self.fee, -1)):
            if leg:
                yield leg[2], leg[0], sign * leg[1]


class Ledger:
    """A random history with random prices."""

    def __init__(self, seed, events, folder):
        self.random = random.Random(seed)
        self.start = datetime(2021, self.random.randint(1, 12), 3, 5, 30, 7, 250_000, tzinfo=timezone.utc)
        self.end = self.start + timedelta(days=self.random.choice([40, 400, 900]))
        self.rows = []
        self.prices = collections.defaultdict(list)
        self.make_rows(events)
        self.make_prices()
        self.write(folder)
        self.read_bundled_rates()

    def amount(self, low, high, decimals=8):
        """A random amount."""
        return Fraction(self.random.randint(int(low * 10**decimals), int(high * 10**decimals)), 10**decimals)

    def instant(self):
        """A random instant; some share their second, or are midnights."""
        seconds = self.random.randint(0, int((self.end - self.start).total_seconds()) - 1)
        found = self.start + timedelta(seconds=seconds)
        pick = self.random.random()
        if pick < 0.15 and self.rows:
            found = self.random.choice(self.rows).time.replace(microsecond=self.random.choice([0, 1, 499_999, 999_999]))
        elif pick < 0.25:
            found = found.replace(hour=0, minute=0, second=0, microsecond=0)
        else:
            found = found.replace(microsecond=self.random.choice([0, 0, 123_456]))
        return max(found, self.start)

    def make_rows(self, events):
        """Deposits first, so that there is something, then anything at all; balances may go below zero."""
        pick = self.random
        assets = ["BTC", "ETH", "ADA", "USD", "EUR", "XYZNOPRICE", "LATECOIN"]
        accounts = ["Kraken", "Wallet", "Bank"]
        for asset, much in (("USD", 50_000), ("BTC", 2), ("ETH", 30), ("LATECOIN", 500)):
            account = pick.choice(accounts)
            self.rows.append(Row(self.start, "deposit", incoming=(asset, self.amount(much / 2, much), account)))
        for _ in range(events):
            time, account, other = self.instant(), *pick.sample(accounts, 2)
            one, two = pick.sample(assets, 2)
            small = lambda asset: self.amount(0.0001, 900 if asset in FIAT else 3)
            fee = None
            if pick.random() < 0.4:
                fee = pick.choice([one, two, "BTC"])
                fee = (fee, self.amount(0.00001, 2 if fee in FIAT else 0.01))
            kind = pick.choice(["trade"] * 6 + ["transfer"] * 2 + sorted(CAPITAL) + sorted(RESULT))
            incoming = outgoing = None
            if kind == "trade":
                incoming, outgoing = (one, small(one), account), (two, small(two), account)
                if pick.random() < 0.2:  # Paid from outside, or for something that is not kept.
                    if pick.random() < 0.5:
                        outgoing = (two, outgoing[1], None)
                    else:
                        incoming = (one, incoming[1], None)
            elif kind == "transfer":
                moved = small(one)
                incoming, outgoing = (one, moved, other), (one, moved, account)
            elif kind in ("deposit", "gift_in", "loan_received", "staking", "airdrop"):
                incoming = (one, small(one), account)
            else:
                outgoing = (one, small(one), account)
            if fee:
                places = [leg for leg in (outgoing, incoming) if leg and leg[0] == fee[0]] + [
                    leg for leg in (outgoing, incoming) if leg
                ]
                fee = (*fee, places[0][2])
            self.rows.append(Row(time, kind, incoming, outgoing, fee))

    def make_prices(self):
        """Prices by pair, with gaps; LATECOIN's begin late, XYZNOPRICE has none."""
        pairs = [("BTC", "USD", 40_000), ("ETH", "USD", 2_500), ("ETH", "BTC", Fraction(1, 16)), ("ADA", "EUR", 1)]
        if self.random.random() < 0.5:
            pairs.append(("USD", "BTC", Fraction(1, 40_000)))
        pairs.append(("LATECOIN", "USD", 3))
        for base, quote, level in pairs:
            time = self.start - timedelta(days=1)
            if base == "LATECOIN":
                time = self.start + (self.end - self.start) * self.random.random()
            if self.random.random() < 0.2:
                time += timedelta(days=20)
            price = Fraction(level)
            while time < self.end:
                price = max(price * Fraction(self.random.randint(80, 124), 100), Fraction(1, 10**6))
                shown = Fraction(round(price * 10**10), 10**10)
                if shown > 0:
                    self.prices[base, quote].append((micros(time), shown))
                hours = self.random.choice([1, 5, 24, 24, 36, 71, 1000])
                time += timedelta(hours=hours, microseconds=self.random.choice([0, 7]))

    def write(self, folder):
        """The files that Coffer imports."""
        with open(folder / "rows.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in self.rows:
                writer.writerow(self.cells(row))
        with open(folder / "prices.csv", "w", encoding="utf-8") as file:
            file.write("time,base,quote,price\n")
            for (base, quote), points in self.prices.items():
                for time, price in points:
                    file.write(f"{text(moment(time))},{base},{quote},{number(price)}\n")

    @staticmethod
    def cells(row):
        """An entry as cells; legs outside make rows with `-`."""
        source, target = row.outgoing, row.incoming
        account = source[2] if source else target[2]
        to_account = target[2] if source and target else None
        cells = [text(row.time), row.kind]
        for leg in (target, source, row.fee):
            cells += [number(leg[1]), leg[0]] if leg else ["", ""]
        same = not source or not target or account == to_account
        return cells + [account or "-", "" if same else to_account or "-"]

    def read_bundled_rates(self):
        """The exchange rates inside the program: one row a day, which counts from the day's end."""
        self.bundled = collections.defaultdict(list)
        with open(ROOT / "Sources/CAssets/ecb-rates.csv", encoding="utf-8") as file:
            for line in csv.DictReader(file):
                if line["EUR"]:
                    day = datetime.fromisoformat(line["date"]).replace(tzinfo=timezone.utc)
                    self.bundled["EUR", "USD"].append((micros(day + timedelta(days=1)), Fraction(line["EUR"])))


def number(fraction):
    """A fraction that ends as a decimal number."""
    scaled = fraction * 10**18
    assert scaled.denominator == 1
    digits = f"{scaled.numerator:019d}"
    return (digits[:-18] + "." + digits[-18:]).rstrip("0").rstrip(".")


class Model:
    """Values and flows by going through everything for each question."""

    def __init__(self, ledger, currency, accounts=None):
        self.ledger, self.currency, self.accounts = ledger, currency, accounts
        self.rates = {}

    def point(self, base, quote, time):
        """The price of a pair as of an instant with whether it is stale: a fresh imported one, a fresh bundled one, the newest."""
        fresh = FRESH[base in FIAT and quote in FIAT] * 10**6
        best = None
        for source in (self.ledger.prices, self.ledger.bundled):
            found = [point for point in source.get((base, quote), []) if point[0] <= time]
            if not found:
                continue
            last = max(found, key=lambda point: point[0])
            if time - last[0] <= fresh:
                return last[1], last[0], False
            if best is None or last[0] > best[1]:
                best = (last[1], last[0], True)
        return best

    def hop(self, base, quote, time):
        """The rate of one hop: fresh before stale, then straight before inverse."""
        straight, inverse = self.point(base, quote, time), self.point(quote, base, time)
        if straight and not straight[2]:
            return straight[0], False
        if inverse and not (inverse[2] and straight and straight[1] >= inverse[1]):
            return 1 / inverse[0], inverse[2]
        return (straight[0], True) if straight else None

    def rate(self, asset, time):
        """The rate to the currency: the shortest way, fresh before stale, then by the order of the hubs; nil for none."""
        if asset == self.currency:
            return Fraction(1), False
        key = asset, time
        if key not in self.rates:
            self.rates[key] = self.find_rate(asset, time)
        return self.rates[key]

    def find_rate(self, asset, time):
        hubs = [hub for hub in HUBS if hub not in (asset, self.currency)]
        ways = [[[]], [[hub] for hub in hubs], [[one, two] for one in hubs for two in hubs if one != two]]
        for length in ways:
            stale = None
            for way in length:
                stops = [asset, *way, self.currency]
                hops = [self.hop(left, right, time) for left, right in zip(stops, stops[1:])]
                if None in hops:
                    continue
                product = Fraction(1)
                for rate, _ in hops:
                    product *= rate
                if not any(old for _, old in hops):
                    return product, False
                stale = stale or (product, True)
            if stale:
                return stale
        return None

    def inside(self, leg):
        """Whether a leg is looked at."""
        return bool(leg) and leg[2] is not None and (self.accounts is None or leg[2] in self.accounts)

    def held(self, time, before=False):
        """What is held at an instant, or just before it."""
        held = collections.Counter()
        for row in self.ledger.rows:
            if row.time < time or (row.time == time and not before):
                for account, asset, change in row.changes():
                    if account is not None and (self.accounts is None or account in self.accounts):
                        held[asset] += change
        return held

    def value(self, time):
        """The value at an instant, whether a price was stale, and what has none."""
        total, stale, unpriced = Fraction(0), False, set()
        for asset, amount in self.held(time).items():
            if amount == 0:
                continue
            rate = self.rate(asset, micros(time))
            if rate is None:
                unpriced.add(asset)
                continue
            total += amount * rate[0]
            stale = stale or rate[1]
        return total, stale, unpriced

    def value_before(self, time):
        """The value of what was held just before an instant, at its prices; what has its first price then counts for nothing."""
        total = Fraction(0)
        for asset, amount in self.held(time, before=True).items():
            rate = self.rate(asset, micros(time))
            if amount != 0 and rate is not None and self.first_price(asset) != time:
                total += amount * rate[0]
        return total

    def flows(self, after, through):
        """What came in and went out, as (time, value, whether holdings only got a price)."""
        flows = []
        for row in sorted(self.ledger.rows, key=lambda row: row.time):
            if after < row.time <= through:
                flows += [(row.time, value, covers) for value, covers in self.row_flows(row) if value != 0]
        for asset in {asset for row in self.ledger.rows for _, asset, _ in row.changes()}:
            first = self.first_price(asset)
            if first is not None and after < first <= through:
                amount = self.held(first, before=True)[asset]
                if amount != 0:
                    flows.append((first, rounded(amount * self.rate(asset, micros(first))[0]), True))
        return sorted(flows, key=lambda flow: flow[0])

    def first_price(self, asset):
        """The first instant at which an asset has a value."""
        sources = (self.ledger.prices, self.ledger.bundled)
        times = {points[0][0] for source in sources for points in source.values() if points}
        found = [time for time in sorted(times) if self.rate(asset, time) is not None]
        return moment(found[0]) if found and asset != self.currency else None

    def row_flows(self, row):
        """The flows of one entry."""
        time = micros(row.time)
        worth = lambda leg: rounded(leg[1] * self.rate(leg[0], time)[0]) if self.rate(leg[0], time) else None
        priced = lambda leg: self.rate(leg[0], time) is not None
        incoming, outgoing = self.inside(row.incoming), self.inside(row.outgoing)
        if not incoming and not outgoing:
            return
        if row.kind in CAPITAL or row.kind == "transfer":
            if not (row.kind == "transfer" and incoming and outgoing):
                if incoming and priced(row.incoming):
                    yield worth(row.incoming), False
                if outgoing and priced(row.outgoing):
                    yield -worth(row.outgoing), False
            if row.kind == "transfer":
                return
        elif row.kind == "trade":
            if incoming and outgoing:
                if priced(row.incoming) and not priced(row.outgoing):
                    yield worth(row.incoming), True
                if priced(row.outgoing) and not priced(row.incoming):
                    yield -worth(row.outgoing), True
            elif incoming and priced(row.incoming):
                paid = row.outgoing if row.outgoing and priced(row.outgoing) else row.incoming
                yield worth(paid), False
            elif outgoing and priced(row.outgoing):
                got = row.incoming if row.incoming and priced(row.incoming) else row.outgoing
                yield -worth(got), False
        if row.fee and not self.inside(row.fee):
            bearer = row.incoming if incoming else row.outgoing
            if priced(row.fee) and priced(bearer):
                yield worth(row.fee), False


def rounded(fraction):
    """Half-even to 18 decimals."""
    return Fraction(round(fraction * 10**18), 10**18)


class Differences:
    """What was compared and what differed."""

    def __init__(self):
        self.count = 0
        self.found = []

    def near(self, what, ours, theirs, tolerance):
        """Compares two numbers; either may be absent, then both must be."""
        self.count += 1
        if ours is None or theirs is None:
            if ours is not theirs:
                self.found.append(f"{what}: model {shown(ours)}, Coffer {theirs}")
            return
        number = exact(ours) if isinstance(ours, Fraction) else ours
        if abs(number - Decimal(theirs)) > tolerance:
            self.found.append(f"{what}: model {shown(ours)}, Coffer {theirs}")

    def equal(self, what, ours, theirs):
        """Compares two things to the last digit."""
        self.count += 1
        if ours != theirs:
            self.found.append(f"{what}: model {ours}, Coffer {theirs}")


def shown(value):
    return None if value is None else f"{float(value):.18g}"


def grid(first, last, step, zone):
    """The instants of a history: the start, each start of an hour, day, Monday or 30th day in the zone, the end."""
    times = [first]
    day = first.astimezone(zone).date()
    begin = day
    while True:
        start = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(timezone.utc)
        if start >= last:
            break
        if step == "hourly":
            after = day + timedelta(days=1)
            end = datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(timezone.utc)
            hour = start
            while hour < min(end, last):
                if hour > times[-1]:
                    times.append(hour)
                hour += timedelta(hours=1)
        elif start > times[-1] and (
            day.weekday() == 0 if step == "weekly" else (day - begin).days % (30 if step == "monthly" else 1) == 0
        ):
            times.append(start)
        day += timedelta(days=1)
    if last > first:
        times.append(last)
    return times


def compare_history(coffer, ledger, pick, differences):
    """One history, point by point."""
    currency = pick.choice(["USD", "EUR", "BTC"])
    accounts = pick.choice([None, None, "Kraken"])
    zone = pick.choice(["UTC", "America/New_York", "Pacific/Auckland"])
    step = pick.choice(["hourly", "daily", "weekly", "monthly"])
    first = ledger.start + timedelta(seconds=pick.randint(-86_400, int((ledger.end - ledger.start).total_seconds()) // 2))
    if pick.random() < 0.4:
        first = pick.choice(ledger.rows).time
    length = timedelta(days=4 if step == "hourly" else pick.choice([3, 70, 300]))
    last = min(first + length, ledger.end)
    model = Model(ledger, currency, accounts and {accounts})
    words = ["history", "--step", step, *question(first, last, currency, zone, accounts)]
    answer = coffer(*words)
    times = grid(first, last, step, zoneinfo.ZoneInfo(zone))
    name = " ".join(words)
    differences.equal(name + ", instants", [text(time) for time in times], [text(parsed(point["time"])) for point in answer["points"]])
    flows = model.flows(first, last)
    before, missing = first, set()
    for time, point in zip(times, answer["points"]):
        value, stale, unpriced = model.value(time)
        missing |= unpriced
        place = f"{name}, at {point['time']}"
        slack = Decimal(10) ** -18 * (len(model.held(time)) + 1)
        differences.near(place + ", value", value, point["value"], slack)
        differences.equal(place + ", stale", stale, point["stale"])
        differences.equal(place + ", unpriced", len(unpriced), point["unpriced"])
        here = [flow for flow in flows if before < flow[0] <= time]
        sums = {
            "inflow": sum((value for _, value, covers in here if not covers and value > 0), Fraction(0)),
            "outflow": -sum((value for _, value, covers in here if not covers and value < 0), Fraction(0)),
            "coverage": sum((value for _, value, covers in here if covers), Fraction(0)),
        }
        for key, total in sums.items():
            differences.near(f"{place}, {key}", total, point[key], Decimal(10) ** -18 * (len(here) + 1))
        before = time
    named = sorted(row["asset"] for row in answer["unpriced_assets"])
    differences.equal(name + ", unpriced assets", sorted(missing), named)


def question(first, last, currency, zone, account):
    words = ["--from", text(first), "--to", text(last), "--currency", currency, "--timezone", zone]
    return words + (["--account", account] if account else [])


def compare_performance(coffer, ledger, pick, differences):
    """The figures of one range."""
    currency, zone = pick.choice(["USD", "EUR", "BTC"]), pick.choice(["UTC", "Europe/London", "Asia/Tokyo"])
    account = pick.choice([None, None, None, "Wallet"])
    first = ledger.start + timedelta(seconds=pick.randint(0, int((ledger.end - ledger.start).total_seconds()) // 2))
    last = min(first + timedelta(days=pick.choice([2, 30, 380])), ledger.end)
    words = ["performance", *question(first, last, currency, zone, account)]
    answer = coffer(*words)
    model = Model(ledger, currency, account and {account})
    flows = model.flows(first, last)
    times = sorted(set(grid(first, last, "daily", zoneinfo.ZoneInfo(zone))) | {flow[0] for flow in flows})
    points = []
    for place, time in enumerate(times):
        before = times[place - 1] if place else time
        here = [value for at, value, _ in flows if before < at <= time]
        day = (time - MICRO).astimezone(zoneinfo.ZoneInfo(zone)).date()
        points.append((time, model.value(time)[0], sum(here, Fraction(0)), day, model.value_before(time) if here else None))
    figures = Figures(points)
    name = " ".join(words)
    slack = Decimal(10) ** -16
    net = sum((flow for _, flow, _ in flows), Fraction(0))
    start, end = points[0][1], points[-1][1]
    differences.near(name + ", starting value", start, answer["starting_value"], slack)
    differences.near(name + ", ending value", end, answer["ending_value"], slack)
    differences.near(name + ", net flows", net, answer["net_flows"], slack)
    differences.near(name + ", absolute change", end - start - net, answer["absolute_change"], slack)
    differences.near(name + ", highest", max(point[1] for point in points), answer["highest_value"], slack)
    differences.near(name + ", lowest", min(point[1] for point in points), answer["lowest_value"], slack)
    differences.equal(name + ", broken", figures.broken and text(figures.broken), answer["broken_at"] and text(parsed(answer["broken_at"])))
    for key, ours in figures.results().items():
        size = max(1, abs(ours)) if ours is not None else 1
        if key == "sharpe" and ours is not None:
            # A small spread makes the last digits of returns large.
            size *= 1 + 365 / figures.results()["volatility"]
        differences.near(f"{name}, {key}", ours, answer[key], figures.slack * size)
    check_rate(name, points, answer["money_weighted_return"], differences)


class Figures:
    """The time-weighted chain, day by day, with 60 digits."""

    least = Decimal(10) ** -12

    def __init__(self, points):
        self.broken, self.linked, self.days = None, False, []
        level, base, day_level, day_base = Decimal(1), exact(points[0][1]), Decimal(1), exact(points[0][1])
        self.slack = Decimal(10) ** -13
        highest, self.fall = Decimal(1), Decimal(0)
        whole, day_linked, before = True, False, points[0]
        for point in points[1:]:
            if point[3] != before[3]:
                if day_linked and whole:
                    self.days.append(day_level - 1)
                whole, day_linked, day_level = (point[3] - before[3]).days == 1, False, Decimal(1)
            worth, value, flow = exact(before[1]), exact(point[1]), exact(point[2])
            parts = [(worth, value, flow, False)]
            if flow != 0 and point[4] is not None and point[4] >= 0 and worth >= self.least:
                # Up to just before the flow, then the flow at the same prices.
                between = exact(point[4])
                parts = [(worth, between, Decimal(0), False), (between, value, flow, True)]
            for part in parts:
                factor = self.growth(*part)
                if factor is None:
                    self.broken = point[0]
                    break
                if factor is False:
                    continue
                self.linked = day_linked = True
                level, day_level = level * factor, day_level * factor
                highest = max(highest, level)
                if highest > 0:
                    self.fall = max(self.fall, 1 - level / highest)
            if self.broken:
                break
            before = point
        if not self.broken and day_linked and whole:
            self.days.append(day_level - 1)
        self.level = level

    def growth(self, worth, value, flow, is_same_instant):
        """The growth of one part; nil when more than everything was lost, false when there was no capital."""
        restarts = flow > 0 and value >= 0 and worth + flow > 0
        base = worth
        if worth >= self.least and value - flow >= 0 and not (restarts and is_same_instant):
            factor = (value - flow) / worth
        elif restarts:
            base = worth + flow
            factor = value / base
        else:
            return None if worth >= self.least else False
        # The last digit of a small base is a large part of it.
        self.slack = max(self.slack, Decimal(10) ** -16 / base)
        return factor

    def results(self):
        """The figures under Coffer's names."""
        if self.broken or not self.linked:
            return dict.fromkeys(["time_weighted_return", "max_drawdown", "volatility", "sharpe", "best_day_return"])
        found = {"time_weighted_return": self.level - 1, "max_drawdown": self.fall, "volatility": None, "sharpe": None}
        found["best_day_return"] = max(self.days, default=None)
        found["worst_day_return"] = min(self.days, default=None)
        if len(self.days) > 1:
            mean = sum(self.days) / len(self.days)
            spread = (sum((day - mean) ** 2 for day in self.days) / (len(self.days) - 1) * 365).sqrt()
            found["volatility"] = spread if spread > Decimal(10) ** -12 else Decimal(0)
            if found["volatility"]:
                found["sharpe"] = mean * 365 / spread
        return found


def exact(fraction):
    """A fraction with 60 digits."""
    return Decimal(fraction.numerator) / fraction.denominator


def check_rate(name, points, answer, differences):
    """Whether the money-weighted rate makes the present value zero."""
    if answer is None:
        return
    rate = Decimal(answer)
    if rate < -1 or (rate + 1) < Decimal(10) ** -9:
        return
    differences.count += 1
    first = points[0][3]
    total = size = Decimal(0)
    flows = [(points[0][3], -points[0][1])] + [(day, -flow) for _, _, flow, day, _ in points[1:]] + [(points[-1][3], points[-1][1])]
    for day, amount in flows:
        worth = exact(amount) * (1 + rate) ** (Decimal(-(day - first).days) / 365)
        total += worth
        size += abs(worth)
    if size and abs(total) / size > Decimal(10) ** -9:
        differences.found.append(f"{name}, money-weighted rate {answer}: the present value is {total:.6g} of {size:.6g}")


def check(options, seed):
    """One ledger; the comparisons and what differed."""
    differences = Differences()
    with tempfile.TemporaryDirectory(prefix="coffer-value-") as path:
        folder = pathlib.Path(path)
        ledger = Ledger(seed, options.events, folder)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COFFER_")}

        def coffer(*words):
            command = [options.coffer, *words, "--data", folder / "data", "--json"]
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            if done.returncode != 0:
                raise SystemExit(f"coffer {' '.join(words)} ended with {done.returncode}: {done.stderr}")
            return json.loads(done.stdout)

        coffer("import", str(folder / "rows.csv"))
        coffer("prices", "import", str(folder / "prices.csv"))
        if options.spoil:
            points = ledger.prices["BTC", "USD"]
            points[:] = [(time, price + Fraction(1, 100)) for time, price in points]
        pick = random.Random(seed)
        for _ in range(4):
            compare_history(coffer, ledger, pick, differences)
        for _ in range(4):
            compare_performance(coffer, ledger, pick, differences)
    return differences


def main():
    """Compares; the exit code."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=150)
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(ROOT / ".build/release/coffer")))
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    if not os.access(options.coffer, os.X_OK):
        print(f"value_check: {options.coffer} is not there; ./run --once makes it", file=sys.stderr)
        return 2
    failed = False
    for seed in range(options.seed, options.seed + options.rounds):
        differences = check(options, seed)
        print(f"seed {seed}: {differences.count} comparisons, {len(differences.found)} differ")
        for line in differences.found[:20]:
            print("  DIFFERENT  " + line)
        failed = failed or bool(differences.found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
