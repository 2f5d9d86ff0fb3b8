#!/usr/bin/env python3
"""Compares Coffer's gains with those of rp2 and BittyTax on random histories, disposal by disposal.

Usage: check.py [--short] [--spoil] [--rounds N] [--seed N] [--events N] [--coffer PATH] [--python PATH]

  --short       the part that ./test runs: two histories for each program instead of twelve
  --rounds N    so many histories for each program
  --seed N      the seed of the first history (default 1); the next ones follow it
  --events N    events of a history (default 400)
  --spoil       give Coffer one sale with a cent less, which must be found: proves that the comparison can fail
  --coffer PATH the program (default: COFFER_BINARY, else .build/release/coffer)
  --python PATH the Python that has rp2 and BittyTax (default: what Scripts/fetch-peers made)

Exit codes: 0 all equal or differing exactly as explained, 1 something else, 2 wrong command line.

Amounts are equal when they differ by less than 10^-12 of a unit of the currency, a ten-thousandth of a millionth of a
cent: Coffer rounds each cost to 18 decimals, rp2 and BittyTax keep 31 and 30 digits, and sums of some hundred of them
stay within that. What the programs do differently on purpose is not let through by it: each such case is named below
with its source and asserted by its own rule.
"""

import argparse
import calendar
import collections
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import histories
import lots
import section104
from coffer_side import Coffer

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAME = Fraction(1, 10**12)
NO_GAIN = section104.NO_GAIN
GIFTS = "a gift or donation has no gain in Coffer and its market value in rp2"
TERMS = "a lot is long term after more than a year of days in Coffer, from 365 times 24 hours in rp2"
ORDERS = "HIFO and LOFO go by unit cost with the fee in Coffer, by price without it in rp2"
LOST_LOT = "rp2 1.7.2 drops a lot when income comes by, with LIFO, HIFO and LOFO (a fault of rp2)"
POOLED_GIFTS = "a gift to spouse or charity comes out of the pool in BittyTax, whatever else was bought"
AIRDROPS = "an airdrop is income in Coffer, and in BittyTax an acquisition without income"
RULES = {"SAME_DAY": "same_day", "BED_AND_BREAKFAST": "thirty_days", "SECTION_104": "pool", "NO_GAIN_NO_LOSS": "no_gain"}


class Differences:
    """What was compared and what differed."""

    shown_max = 60

    def __init__(self):
        self.compared = collections.Counter()
        self.explained = collections.Counter()
        self.found = []

    def same(self, what, ours, theirs):
        """Compares two amounts."""
        self.compared[what.split(",")[0]] += 1
        if abs(Fraction(ours) - Fraction(theirs)) >= SAME:
            self.found.append(f"{what}: {float(ours)} and {float(theirs)}")

    def equal(self, what, ours, theirs):
        """Compares two things that are no amounts, or amounts to the last digit."""
        self.compared[what.split(",")[0]] += 1
        if ours != theirs:
            self.found.append(f"{what}: {ours} and {theirs}")

    def show(self):
        """Prints how many comparisons each pair of programs had, and what differed."""
        for what, count in sorted(self.compared.items()):
            print(f"  {count:7d} comparisons  {what}")
        for what, count in sorted(self.explained.items()):
            print(f"  {count:7d} differences explained  {what}")
        for text in self.found[: self.shown_max]:
            print(f"  DIFFERENT  {text}")
        if len(self.found) > self.shown_max:
            print(f"  DIFFERENT  and {len(self.found) - self.shown_max} more")


def run_side(options, script, history, *words):
    """What a peer found in a history."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        path = os.path.join(folder, "events")
        with open(path, "wb") as target:
            pickle.dump(history.events, target)
        done = subprocess.run(
            [options.python, str(HERE / script), path, folder, *words],
            env={"PATH": os.environ["PATH"], "HOME": folder, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )
    if done.returncode:
        raise SystemExit(f"{script} ended with code {done.returncode} on seed {history.seed}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


# rp2: lots by FIFO, LIFO, HIFO and LOFO, in dollars


def compare_rp2(options, seed, differences):
    """One history by all methods.

    HIFO and LOFO are compared twice. rp2 orders lots by the price at purchase (`spot_price` in its hifo.py and lofo.py),
    Coffer by unit cost with the fee, which is part of the basis (26 CFR 1.1012-1(h)(1)). Without fees on purchases
    these are the same number and the programs must agree; with them each must agree with a model that orders as it does.

    Income is income to rp2 with FIFO only. With the other three rp2 1.7.2 takes a lot from its heap for each income,
    although income uses none, and does not always put it back; `compare_rp2_small_cases` shows it. So there income is
    handed to it as a gift received, which opens the same lot.
    """
    history = histories.general(seed, options.events, "USD")
    plain = histories.general(seed + 500_000, options.events, "USD", acquisition_fees=False)
    with_fees = run_side(options, "rp2_side.py", history, "fifo", "lifo:gift", "hifo:gift", "lofo:gift")
    without = run_side(options, "rp2_side.py", plain, "fifo", "lifo:gift", "hifo:gift", "lofo:gift")
    coffer, coffer_plain = Coffer(options, history), Coffer(options, plain)
    for method in ("fifo", "lifo", "hifo", "lofo"):
        name = method if method == "fifo" else f"{method}:gift"
        compare_lots(differences, plain, method, coffer_plain.gains(method), without[name])
        report = coffer.gains(method)
        if method in ("fifo", "lifo"):
            compare_lots(differences, history, method, report, with_fees[name])
        else:
            compare_orders(differences, history, method, report, with_fees[name])
        compare_model(differences, history, method, report)


def grouped(parts):
    """rp2's parts by the number of their taxable event, without income."""
    events = collections.defaultdict(list)
    for part in parts:
        if part["lot"]:
            events[int(part["entry"][1:])].append(part)
    return events


def compare_lots(differences, history, method, report, parts):
    """Every disposal, every lot that it used, every term, income and yearly sums of Coffer and rp2."""
    refused = [part for part in parts if "refused" in part]
    differences.equal(f"rp2 {method}, refusals", refused, [])
    theirs = grouped([part for part in parts if "refused" not in part])
    events = {event.stamp: event for event in history.events}
    seen = set()
    years = collections.defaultdict(lambda: collections.Counter())
    for disposal in report["disposals"]:
        event = events[disposal["time"]]
        seen.add(event.number)
        where = f"seed {history.seed}, event {event.number}"
        used = theirs[event.number]
        sums = {key: sum(Fraction(part[key]) for part in used) for key in ("quantity", "proceeds", "cost", "gain")}
        differences.equal(f"rp2 {method}, quantity of a disposal: {where}", disposal["quantity"], sums["quantity"])
        differences.same(f"rp2 {method}, cost of a disposal: {where}", disposal["cost"], sums["cost"])
        differences.equal(f"rp2 {method}, taxable or not: {where}", disposal["taxable"], event.kind not in NO_GAIN)
        if event.kind in NO_GAIN:
            # A gift or donation has no gain in Coffer: nothing is realised (26 USC 1001(b)), and the basis goes along
            # (26 USC 1015). rp2 lists it at its market value with a gain, under the type gift or donate, apart from
            # sales.
            differences.same(f"rp2 {method}, proceeds of a gift at its cost: {where}", disposal["proceeds"], disposal["cost"])
            differences.equal(f"rp2 {method}, gain of a gift: {where}", disposal["gain"], 0)
            differences.same(f"rp2 {method}, gift at market value: {where}", event.value, sums["proceeds"])
            differences.explained[GIFTS] += 1
        else:
            differences.same(f"rp2 {method}, proceeds of a disposal: {where}", disposal["proceeds"], sums["proceeds"])
            differences.same(f"rp2 {method}, gain of a disposal: {where}", disposal["gain"], sums["gain"])
        compare_parts(differences, history, method, report, disposal, used, None if event.kind in NO_GAIN else years)
    differences.equal(f"rp2 {method}, disposals: seed {history.seed}", sorted(seen), sorted(theirs))
    compare_years(differences, history, method, report, years)
    if method == "fifo":
        compare_income(differences, history, report, parts)


def compare_parts(differences, history, method, report, disposal, used, years):
    """The lots of one disposal in the order of use, with their terms; adds rp2's sums to the years."""
    stamps = {f"E{event.number:06d}": event.stamp for event in history.events}
    where = f"seed {history.seed}, {disposal['time']}"
    ours = [(lot["acquired_at"], lot["quantity"]) for lot in disposal["lots"]]
    theirs = [(stamps[part["lot"]], Fraction(part["quantity"])) for part in used]
    differences.equal(f"rp2 {method}, lots of a disposal: {where}", sorted(ours), sorted(theirs))
    if sorted(ours) != sorted(theirs):
        return
    costs = {stamps[part["lot"]]: part for part in used}
    for lot in disposal["lots"]:
        part = costs[lot["acquired_at"]]
        differences.same(f"rp2 {method}, cost of a lot's part: {where}", lot["cost"], Fraction(part["cost"]))
        bought, sold = moment(lot["acquired_at"]), moment(disposal["time"])
        long = coffer_is_long(bought.date(), sold.date(), report["settings"])
        differences.equal(f"rp2 {method}, term by Coffer's rule: {where}", lot["term"] == "long", long)
        differences.equal(f"rp2 {method}, term by rp2's rule: {where}", part["long"], (sold - bought).days >= 365)
        if part["long"] != long:
            differences.explained[TERMS] += 1
        if years is not None:
            year = years[sold.year]
            for key in ("proceeds", "cost", "gain"):
                year[key] += Fraction(part[key])
            year["long_term" if long else "short_term"] += Fraction(part["gain"])


def coffer_is_long(bought, sold, settings):
    """Whether a lot is long term by Coffer's settings; rp2 asks for 365 times 24 hours.

    The law asks for "more than 1 year" (26 USC 1222), counted from the day after the purchase and by calendar dates
    (Rev. Rul. 66-7). A number of days is the setting `gains.long_term_days`, or `gains.long_term` with the unit d.
    """
    period = settings.get("gains.long_term_days") or settings["gains.long_term"]
    if not period.endswith("y"):
        return (sold - bought).days > int(period.rstrip("d"))
    first = bought + timedelta(days=1)
    year = first.year + int(period[:-1])
    # A year from 29 February on ends with February.
    leap_day = (first.month, first.day) == (2, 29)
    return sold >= (date(year, 3, 1) if leap_day and not calendar.isleap(year) else first.replace(year=year))


def moment(stamp):
    """The instant that a report names."""
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).astimezone(timezone.utc)


def compare_years(differences, history, method, report, years):
    """Coffer's yearly sums and the sums of rp2's sales."""
    differences.equal(f"rp2 {method}, years: seed {history.seed}", [year["year"] for year in report["by_year"]], sorted(years))
    for year in report["by_year"]:
        for key in ("proceeds", "cost", "gain", "short_term", "long_term"):
            what = f"rp2 {method}, {key.replace('_', ' ')} of a year: seed {history.seed}, {year['year']}"
            differences.same(what, year[key], years[year["year"]][key])


def compare_income(differences, history, report, parts):
    """What was received as income, and its value."""
    stamps = {f"E{event.number:06d}": event.stamp for event in history.events}
    ours = {(income["time"], income["asset"]): income["value"] for income in report["income"]}
    theirs = {
        (stamps[part["entry"]], part["asset"]): Fraction(part["gain"])
        for part in parts
        if "refused" not in part and not part["lot"]
    }
    differences.equal(f"rp2 fifo, income: seed {history.seed}", ours, theirs)


def compare_orders(differences, history, method, report, parts):
    """HIFO and LOFO with fees on purchases: rp2 against the model that orders lots by price."""
    theirs = grouped(parts)
    numbers = {event.stamp: event.number for event in history.events}
    ours = {disposal["time"]: disposal["cost"] for disposal in report["disposals"]}
    for disposal in lots.run(history, lots.BY_PRICE[method]):
        where = f"seed {history.seed}, event {numbers[disposal.stamp]}"
        used = theirs.pop(numbers[disposal.stamp], [])
        cost = sum(Fraction(part["cost"]) for part in used)
        differences.same(f"rp2 {method}, cost with lots by price: {where}", disposal.cost, cost)
        if abs(ours[disposal.stamp] - cost) >= SAME:
            differences.explained[ORDERS] += 1
    differences.equal(f"rp2 {method}, disposals: seed {history.seed}", dict(theirs), {})


def compare_model(differences, history, method, report):
    """Coffer against the model that orders lots by unit cost with the fee."""
    ours = {disposal["time"]: disposal for disposal in report["disposals"]}
    for disposal in lots.run(history, lots.BY_COST[method]):
        where = f"seed {history.seed}, {disposal.stamp}"
        found = ours.pop(disposal.stamp)
        proceeds = disposal.cost if disposal.kind in NO_GAIN else disposal.proceeds
        differences.same(f"model {method}, proceeds: {where}", found["proceeds"], proceeds)
        differences.same(f"model {method}, cost: {where}", found["cost"], disposal.cost)
        differences.same(f"model {method}, gain: {where}", found["gain"], proceeds - disposal.cost)
    differences.equal(f"model {method}, disposals: seed {history.seed}", list(ours), [])


def compare_rp2_small_cases(options, differences):
    """Three histories of three rows, one for each difference that a random history may not show."""

    def three_rows(second, income, seconds):
        history = histories.History(1, "USD", ("BTC",))
        history.acquire("buy", "BTC", Decimal(1), Decimal(100), "Kraken", Decimal(10))
        history.wait(86_400)
        history.acquire(income, "BTC", Decimal(2), Decimal(second), "Kraken", Decimal(0))
        history.wait(seconds)
        history.dispose("sell", "BTC", Decimal(1) / 3 if income == "buy" else 1, "Kraken", Decimal(0))
        return history

    # 1 BTC for 100.00 and a fee of 10.00, then 2 BTC for 210.00, 1 BTC sold: 110 or 105 is the highest unit cost, 100 or
    # 105 the lowest.
    history = three_rows(210, "buy", 86_400)
    found = run_side(options, "rp2_side.py", history, "hifo", "lofo")
    for method in ("hifo", "lofo"):
        report = Coffer(options, history).gains(method)
        compare_orders(differences, history, method, report, found[method])
        compare_model(differences, history, method, report)
    # Sold 365 days and an hour after the second purchase.
    history = three_rows(210, "buy", 365 * 86_400 + 3_600)
    found = run_side(options, "rp2_side.py", history, "lifo")
    compare_lots(differences, history, "lifo", Coffer(options, history).gains("lifo"), found["lifo"])
    # 2 BTC staked worth 300.00, and all 3 BTC sold. When the income comes by, rp2 takes the bought lot from its heap and
    # drops it, since it is smaller than the income; then it refuses rows that are in order. Coffer uses both lots.
    history = three_rows(300, "staking", 86_400)
    found = run_side(options, "rp2_side.py", history, "lofo", "lofo:gift")
    refusal = [{"asset": "BTC", "refused": "Total in-transaction crypto value < total taxable crypto value"}]
    differences.equal("rp2 lofo, refuses a sale after income", found["lofo"], refusal)
    compare_lots(differences, history, "lofo", Coffer(options, history).gains("lofo"), found["lofo:gift"])
    differences.explained[LOST_LOT] += 1


# BittyTax: same day, 30 days and section 104, in pounds


def compare_bittytax(options, seed, differences):
    """One history by United Kingdom rules: BittyTax against the model, and Coffer against both once it knows s104."""
    history = histories.british(seed, options.events)
    found = run_side(options, "bittytax_side.py", history)
    differences.equal(f"BittyTax, its own audit: seed {seed}", found["audited"], True)
    parts, pools = section104.run(history)
    compare_events(differences, history, found["events"], parts)
    for asset, (quantity, cost) in pools.items():
        differences.equal(f"BittyTax, quantity of a pool: seed {seed}, {asset}", quantity, Fraction(found["pools"][asset][0]))
        differences.same(f"BittyTax, cost of a pool: seed {seed}, {asset}", cost, Fraction(found["pools"][asset][1]))
    compare_tax_years(differences, history, found, parts)
    if options.has_section104:
        compare_section104(differences, history, Coffer(options, history), parts, found)


def compare_events(differences, history, events, parts):
    """BittyTax's tax events and the model's parts of each asset and day: quantity and cost by each rule.

    BittyTax lists the fees of purchases and of sales together, beside cost and proceeds. Here the fee of a purchase is
    part of the cost and that of a sale is taken from the proceeds, which gives the same gain (s38(1)).
    """
    theirs = collections.defaultdict(list)
    for event in events:
        theirs[event["asset"], date.fromisoformat(event["day"])].append(event)
    differences.equal(f"BittyTax, days with disposals: seed {history.seed}", sorted(theirs), sorted(parts))
    taxed = taxed_proceeds(history)
    for key in sorted(set(parts) & set(theirs)):
        where = f"seed {history.seed}, {key[0]} {key[1]}"
        quantities, costs, sums, used, proceeds = (collections.Counter() for _ in range(5))
        for part in parts[key]:
            quantities[part.rule] += part.quantity
            costs[part.rule] += part.cost
        for event in theirs[key]:
            exact = [Fraction(text) for text in event["exact"]]
            rule = RULES[event["rule"]]
            if rule == "no_gain" and "no_gain" not in quantities:
                # The model knows no other place for these than the pool, when nothing else can match them.
                rule = "pool"
            elif rule != "no_gain":
                proceeds["all"] += exact[0] - Fraction(event["selling_fee"])
            used[rule] += Fraction(event["quantity"])
            sums[rule] += exact[1] + exact[2] - Fraction(event["selling_fee"])
        differences.equal(f"BittyTax, quantities by rule of a day: {where}", dict(quantities), dict(used))
        for rule, cost in costs.items():
            differences.same(f"BittyTax, cost by {rule.replace('_', ' ')}: {where}", cost, sums[rule])
        differences.same(f"BittyTax, proceeds of a day: {where}", taxed[key], proceeds["all"])


def taxed_proceeds(history):
    """What the disposals of each asset and London day brought after fees, without those that have no gain."""
    days = collections.Counter()
    for event in history.events:
        if event.disposed and event.kind not in NO_GAIN:
            days[event.asset_out, section104.day_of(event)] += Fraction(event.value) - Fraction(event.fee)
    return days


def compare_tax_years(differences, history, found, parts):
    """BittyTax's tax years.

    It rounds proceeds, cost and fees of each part to the cent, half to even, and sums what is rounded (tax_event.py).
    Coffer rounds nothing to cents. So: each rounded amount is the exact one rounded, each year is the sum of rounded
    amounts, and the exact gains of a year are the model's.
    """
    rounded = collections.defaultdict(lambda: [Decimal(0)] * 4)
    gains, model = collections.Counter(), collections.Counter()
    for event in found["events"]:
        where = f"seed {history.seed}, {event['asset']} {event['day']}"
        year = section104.tax_year(date.fromisoformat(event["day"]))
        amounts = [Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_EVEN) for text in event["exact"]]
        amounts.append(amounts[0] - amounts[1] - amounts[2])
        differences.equal(f"BittyTax, rounded amounts: {where}", amounts, [Decimal(text) for text in event["rounded"]])
        rounded[year] = [one + other for one, other in zip(rounded[year], amounts)]
        if event["rule"] != "NO_GAIN_NO_LOSS":
            gains[year] += Fraction(event["exact"][0]) - Fraction(event["exact"][1]) - Fraction(event["exact"][2])
    for name, totals in rounded.items():
        theirs = [Decimal(found["years"][str(name)][key]) for key in ("proceeds", "cost", "fees", "gain")]
        differences.equal(f"BittyTax, sums of a tax year: seed {history.seed}, {name}", totals, theirs)
    free = {(event.asset_out, section104.day_of(event)) for event in history.events if event.kind in NO_GAIN}
    for key, proceeds in taxed_proceeds(history).items():
        assert key not in free, "gifts stand alone in these histories"
        model[section104.tax_year(key[1])] += proceeds - sum((part.cost for part in parts[key]), Fraction(0))
    for year in sorted(set(gains) | set(model)):
        differences.same(f"BittyTax, exact gain of a tax year: seed {history.seed}, {year}", model[year], gains[year])


def compare_section104(differences, history, coffer, parts, found):
    """Coffer's section 104 against the model and BittyTax.

    All disposals of a day are one (s105(1)(a)); BittyTax lists that one, Coffer each with its share of the cost by
    quantity.
    """
    report = coffer.gains("s104", "--timezone", "Europe/London")
    events = {event.stamp: event for event in history.events}
    ours, theirs = collections.defaultdict(list), collections.defaultdict(lambda: [Fraction(0), Fraction(0)])
    for disposal in report["disposals"]:
        ours[disposal["asset"], section104.day_of(events[disposal["time"]])].append(disposal)
    for event in found["events"]:
        sides = theirs[event["asset"], date.fromisoformat(event["day"])]
        proceeds, cost, fees = (Fraction(text) for text in event["exact"])
        fee = Fraction(event["selling_fee"])
        sides[0] += 0 if event["rule"] == "NO_GAIN_NO_LOSS" else proceeds - fee
        sides[1] += cost + fees - fee
    differences.equal(f"section 104, days with disposals: seed {history.seed}", sorted(ours), sorted(parts))
    years, model = collections.Counter(), collections.Counter()
    for key in sorted(set(ours) & set(parts)):
        where = f"seed {history.seed}, {key[0]} {key[1]}"
        cost = sum((part.cost for part in parts[key]), Fraction(0))
        quantity = sum(part.quantity for part in parts[key])
        taxed = sum(one["proceeds"] for one in ours[key] if events[one["time"]].kind not in NO_GAIN)
        differences.same(f"section 104, Coffer's and BittyTax's proceeds of a day: {where}", taxed, theirs[key][0])
        total = sum(one["cost"] for one in ours[key])
        differences.same(f"section 104, Coffer's and BittyTax's cost of a day: {where}", total, theirs[key][1])
        for one in ours[key]:
            event = events[one["time"]]
            share = cost * one["quantity"] / quantity
            proceeds = share if event.kind in NO_GAIN else Fraction(event.value) - Fraction(event.fee)
            differences.equal(f"section 104, quantity of a disposal: {where}", one["quantity"], Fraction(event.disposed))
            differences.same(f"section 104, cost of a disposal: {where}", one["cost"], share)
            differences.same(f"section 104, proceeds of a disposal: {where}", one["proceeds"], proceeds)
            differences.same(f"section 104, gain of a disposal: {where}", one["gain"], proceeds - share)
            years[section104.tax_year(key[1])] += one["gain"]
            model[section104.tax_year(key[1])] += proceeds - share
    for year, gain in years.items():
        differences.same(f"section 104, gain of a tax year: seed {history.seed}, {year}", gain, model[year])
    compare_british_income(differences, history, report, found)


def compare_british_income(differences, history, report, found):
    """Income by London day. To BittyTax an airdrop is an acquisition without income, for which Coffer has another kind."""

    def row(event):
        return section104.day_of(event).isoformat(), event.asset_in, Fraction(event.value)

    events = {event.stamp: event for event in history.events}
    airdrops = [row(event) for event in history.events if event.kind == "airdrop"]
    ours = sorted(row(events[income["time"]])[:2] + (income["value"],) for income in report["income"])
    theirs = [(income["day"], income["asset"], Fraction(income["amount"])) for income in found["income"]]
    differences.equal(f"section 104, income: seed {history.seed}", ours, sorted(theirs + airdrops))
    differences.explained[AIRDROPS] += len(airdrops)


def compare_gift_beside_purchase(options, differences):
    """Coins given to a charity on the day on which others were bought, and before others are bought within 30 days.

    BittyTax takes gifts to a spouse or charity out of the pool alone. The Act has no such exception: sections 105 and
    106A match every disposal, also one without gain (s58 and s257 say what it counts for, not which coins went).
    """
    history = histories.History(1, "GBP", ("BTC",))
    for quantity, value in ((10, 1_000), (2, 500)):
        history.acquire("buy", "BTC", Decimal(quantity), Decimal(value), "Kraken", Decimal(0))
        history.wait(100 * 86_400)
    history.acquire("buy", "BTC", Decimal(1), Decimal(400), "Kraken", Decimal(0))
    history.dispose("donation", "BTC", Decimal(3) / 13, "Kraken")
    history.wait(10 * 86_400)
    history.acquire("buy", "BTC", Decimal(1), Decimal(700), "Kraken", Decimal(0))
    found = run_side(options, "bittytax_side.py", history)
    apart, _ = section104.run(history, no_gain_matches=False)
    compare_events(differences, history, found["events"], apart)
    differences.explained[POOLED_GIFTS] += 1
    if options.has_section104:
        matched, _ = section104.run(history)
        report = Coffer(options, history).gains("s104", "--timezone", "Europe/London")
        (used,) = matched.values()
        cost = sum(part.cost for part in used)
        differences.equal("section 104, cost of a donation beside purchases", [one["cost"] for one in report["disposals"]], [cost])


def check_examples(differences):
    """HMRC's own examples (Cryptoassets Manual), so that the model is held against more than a program."""

    def day(text):
        return datetime.fromisoformat(text + "T12:00:00+00:00")

    examples = (
        # CRYPTO22251: a pool of two purchases, a part of it sold.
        ("CRYPTO22251", [("2019-01-01", "in", 100, 1_000), ("2019-09-18", "in", 50, 125_000), ("2019-12-01", "out", 50, 300_000)],
         {"2019-12-01": 258_000}, (100, 84_000)),
        # CRYPTO22253: two sales before three purchases within 30 days.
        ("CRYPTO22253", [("2019-01-01", "in", 2_000, 1_000), ("2019-03-31", "out", 1_000, 400), ("2019-04-20", "out", 500, 150),
                         ("2019-04-21", "in", 700, 175), ("2019-04-28", "in", 500, 100), ("2019-05-01", "in", 500, 150)],
         {"2019-03-31": 165, "2019-04-20": 20}, (2_200, 1_060)),
        # CRYPTO22255: a sale partly matched with a purchase 12 days later.
        ("CRYPTO22255", [("2018-01-01", "in", 14_000, 200_000), ("2018-08-30", "out", 4_000, 160_000), ("2018-09-11", "in", 500, 17_500)],
         {"2018-08-30": 92_500}, (10_500, 150_000)),
    )
    for name, rows, gains, pool in examples:
        history = histories.History(1, "GBP", ("BTC",))
        for text, direction, quantity, value in rows:
            history.time = day(text)
            side = {f"asset_{direction}": "BTC", f"quantity_{direction}": Decimal(quantity)}
            history.add("buy" if direction == "in" else "sell", "Kraken", value=Decimal(value), **side)
        parts, pools = section104.run(history)
        taxed = taxed_proceeds(history)
        found = {str(key[1]): taxed[key] - sum(part.cost for part in used) for key, used in parts.items()}
        differences.equal(f"model, HMRC's example: {name}", found, gains)
        differences.equal(f"model, HMRC's example: {name}, pool", pools["BTC"], pool)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--short", action="store_true", help="the part that ./test runs")
    parser.add_argument("--spoil", action="store_true", help="give Coffer one sale with a cent less, which must be found")
    parser.add_argument("--rounds", type=int, help="histories for each program (default 12, with --short 2)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first history (default 1)")
    parser.add_argument("--events", type=int, default=400, help="events of a history (default 400)")
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(ROOT / ".build/release/coffer")))
    parser.add_argument("--python", default=str(ROOT / ".build/peers/bin/python"))
    options = parser.parse_args()
    for path, remedy in ((options.coffer, "./run --once"), (options.python, "Scripts/fetch-peers")):
        if not os.access(path, os.X_OK):
            parser.error(f"there is no {path}; {remedy} makes it")
    rounds = options.rounds or (2 if options.short else 12)
    options.has_section104 = Coffer.knows(options.coffer, "s104")
    differences = Differences()
    check_examples(differences)
    compare_rp2_small_cases(options, differences)
    compare_gift_beside_purchase(options, differences)
    for seed in range(options.seed, options.seed + rounds):
        compare_rp2(options, seed, differences)
        compare_bittytax(options, seed, differences)
    if not options.has_section104:
        print("  this Coffer has no section 104 yet: BittyTax was compared with the model alone")
    # An explanation that nothing needs any more is to be deleted.
    needed = {GIFTS, TERMS, ORDERS, LOST_LOT, POOLED_GIFTS} | ({AIRDROPS} if options.has_section104 else set())
    for text in sorted(needed - set(+differences.explained)):
        differences.found.append(f"explained and not seen: {text}")
    differences.show()
    print(f"{sum(differences.compared.values())} comparisons, {len(differences.found)} different")
    sys.exit(1 if differences.found else 0)


if __name__ == "__main__":
    main()
