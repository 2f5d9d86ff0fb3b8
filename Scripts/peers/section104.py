"""A small model of the share identification rules of the United Kingdom, in exact fractions.

Taxation of Chargeable Gains Act 1992: all acquisitions of one day are one acquisition and all disposals of one day
are one disposal, and they are matched with each other first (s105(1)); what is left of a disposal is matched with
acquisitions of the 30 days after it, earlier disposals first and with the earliest acquisition first (s106A(5));
the rest comes out of the pool of everything else at its average cost (s104). HMRC's Cryptoassets Manual applies them
to tokens (CRYPTO22200). Days are those of London.
"""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# s58 (spouse) and s257 (charity): neither gain nor loss.
NO_GAIN = ("gift_out", "donation")


@dataclass
class Side:
    """What was acquired or disposed of on one day; `money` is the cost with fees, or the proceeds after fees."""

    quantity: Fraction = Fraction(0)
    money: Fraction = Fraction(0)
    left: Fraction = Fraction(0)

    def add(self, quantity, money):
        self.quantity += quantity
        self.money += money
        self.left += quantity


@dataclass
class Part:
    """A part of a day's disposals with its cost; `rule` is same_day, thirty_days, pool or no_gain."""

    rule: str
    quantity: Fraction
    cost: Fraction


def day_of(event):
    """The London day of an event."""
    return event.time.astimezone(LONDON).date()


def tax_year(day):
    """The year in which the tax year of a day ends: 2025 for 6 April 2024 to 5 April 2025."""
    return day.year + (1 if (day.month, day.day) >= (4, 6) else 0)


def run(history, no_gain_matches=True):
    """The parts of each asset and day with disposals: {(asset, day): [Part]}, and what the pools hold at the end.

    `no_gain_matches` says whether disposals without gain are matched like all others or come out of the pool alone.
    """
    acquired, disposed, apart = {}, {}, {}
    for event in history.events:
        day = day_of(event)
        if event.asset_in and event.kind != "transfer":
            cost = Fraction(event.value) + (Fraction(event.fee) if event.kind == "buy" else 0)
            acquired.setdefault(event.asset_in, {}).setdefault(day, Side()).add(Fraction(event.quantity_in), cost)
        if event.disposed:
            sides = apart if event.kind in NO_GAIN and not no_gain_matches else disposed
            proceeds = Fraction(event.value) - Fraction(event.fee)
            sides.setdefault(event.asset_out, {}).setdefault(day, Side()).add(Fraction(event.disposed), proceeds)
    parts, pools = {}, {}
    for asset in sorted(acquired):
        buys, sells, others = acquired[asset], disposed.get(asset, {}), apart.get(asset, {})
        for day in sorted(sells):
            if day in buys:
                match(buys[day], sells[day], "same_day", parts.setdefault((asset, day), []))
        for day in sorted(sells):
            for later in sorted(buys):
                if day < later <= day + timedelta(days=30):
                    match(buys[later], sells[day], "thirty_days", parts.setdefault((asset, day), []))
        quantity, cost = Fraction(0), Fraction(0)
        for day in sorted(set(buys) | set(sells) | set(others)):
            if day in buys:
                cost += buys[day].money * buys[day].left / buys[day].quantity
                quantity += buys[day].left
            for side, rule in ((sells.get(day), "pool"), (others.get(day), "no_gain")):
                if side and side.left:
                    share = cost * side.left / quantity
                    parts.setdefault((asset, day), []).append(Part(rule, side.left, share))
                    quantity, cost = quantity - side.left, cost - share
        pools[asset] = (quantity, cost)
    return parts, pools


def match(buy, sell, rule, parts):
    """Matches what is left of a day's acquisitions with what is left of a day's disposals."""
    quantity = min(buy.left, sell.left)
    if quantity:
        parts.append(Part(rule, quantity, buy.money * quantity / buy.quantity))
        buy.left -= quantity
        sell.left -= quantity
