"""Random histories, the same for the same seed, that no program needs a price or the network for.

Every event states its value in the history's currency, no two events share a second, and nothing leaves an account
that does not hold it. Quantities have at most 8 decimals and lie below 10,000, money has 2 decimals and lies below
60,000: so a program that reads cells as binary floating point still gets every digit (rp2 does, see rp2_side.py).
"""

import csv
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

SATOSHI = Decimal("0.00000001")
CENT = Decimal("0.01")
ACCOUNTS = ("Kraken", "Binance", "Wallet")
INCOME = ("staking", "mining", "interest", "airdrop")

COFFER_HEADER = (
    "time,kind,in_amount,in_asset,out_amount,out_asset,fee_amount,fee_asset,value,value_asset,account,to_account,"
    "exchange,group,comment,reference,lot"
).split(",")


@dataclass
class Event:
    """One event; amounts are Decimals in whole units, `value` and `fee` are in the history's currency.

    Of a transfer less may arrive than left: the difference went to the network, and `value` is what that was worth.
    """

    number: int
    time: datetime
    kind: str  # buy, sell, swap, spend, transfer, gift_in, gift_out, donation, fork, or one of INCOME
    account: str
    asset_in: str = ""
    quantity_in: Decimal = Decimal(0)
    asset_out: str = ""
    quantity_out: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    to_account: str = ""

    @property
    def disposed(self):
        """How much of `asset_out` is gone for good: of a transfer what went to the network."""
        return self.quantity_out - self.quantity_in if self.kind == "transfer" else self.quantity_out

    @property
    def price(self):
        """What one unit of what was disposed of was worth."""
        return self.value / self.disposed

    @property
    def stamp(self):
        """The time as ISO 8601 in UTC, which is the event's name in all reports."""
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ")


class History:
    """Events in the order of their times, and what each account holds after the last of them."""

    def __init__(self, seed, currency, assets, start=datetime(2021, 1, 4, tzinfo=timezone.utc)):
        self.seed = seed
        self.currency = currency
        self.assets = list(assets)
        self.random = random.Random(seed)
        self.time = start
        self.events = []
        self.held = {}
        self.prices = {asset: Decimal(self.random.randint(50, 90_000)) / 100 for asset in self.assets}

    # Steps in time

    def wait(self, seconds):
        """Moves on by so many seconds, at least one."""
        self.time += timedelta(seconds=max(1, seconds))

    def pause(self):
        """Moves on by minutes, hours, days or months, at random."""
        longest = self.random.choice((600, 7_200, 40_000, 200_000, 900_000, 4_000_000))
        self.wait(self.random.randint(1, longest))

    # Random amounts

    def quantity(self):
        """A quantity from dust to some thousands."""
        if self.random.random() < 0.08:
            return SATOSHI * self.random.randint(1, 40)
        digits = self.random.randint(1, 8)
        most = self.random.choice((3, 20, 60))
        return max(Decimal(1).scaleb(-digits), Decimal(self.random.randint(1, most * 10**digits)).scaleb(-digits))

    def value(self, asset, quantity):
        """The value of a quantity at a price that wanders, in cents, never zero."""
        self.prices[asset] = min(
            Decimal(900), max(CENT, self.prices[asset] * Decimal(self.random.randint(85, 118)) / 100)
        ).quantize(CENT)
        return min(Decimal(59_999), max(CENT, (self.prices[asset] * quantity).quantize(CENT)))

    def fee_on_top(self, value):
        """A fee of an acquisition: often none, else up to a few percent, at least a cent."""
        return Decimal(0) if self.random.random() < 0.3 else max(CENT, (value / self.random.randint(30, 900)).quantize(CENT))

    def fee_out_of(self, value):
        """A fee of a disposal, which leaves at least a cent of what was received."""
        return min(self.fee_on_top(value), value - CENT)

    # Events

    def add(self, kind, account, **fields):
        """Adds an event now and moves on by a second."""
        event = Event(len(self.events) + 1, self.time, kind, account, **fields)
        if event.asset_out:
            key = (event.account, event.asset_out)
            assert self.held.get(key, 0) >= event.quantity_out > 0, "nothing leaves that is not there"
            self.held[key] -= event.quantity_out
        if event.asset_in:
            key = (event.to_account or event.account, event.asset_in)
            self.held[key] = self.held.get(key, Decimal(0)) + event.quantity_in
        self.events.append(event)
        self.wait(1)

    def acquire(self, kind, asset, quantity=None, value=None, account=None, fee=None):
        """A purchase, or coins that come in without a purchase and so without a fee."""
        quantity = self.quantity() if quantity is None else quantity
        value = self.value(asset, quantity) if value is None else value
        if fee is None:
            fee = self.fee_on_top(value) if kind == "buy" else Decimal(0)
        account = account or self.random.choice(ACCOUNTS)
        self.add(kind, account, asset_in=asset, quantity_in=quantity, value=value, fee=fee)

    def dispose(self, kind, asset=None, share=None, account=None, fee=None):
        """A disposal of a random part, or of the given share, of what one account holds; none when nothing is held."""
        places = [
            place
            for place, held in self.held.items()
            if held > 0 and (asset is None or place[1] == asset) and (account is None or place[0] == account)
        ]
        if not places:
            return
        account, asset = self.random.choice(sorted(places))
        held = self.held[account, asset]
        share = share if share is not None else self.random.choice((1, Decimal(self.random.randint(1, 99)) / 100))
        quantity = max(SATOSHI, (held * share).quantize(SATOSHI)) if share != 1 else held
        fields = {"asset_out": asset, "quantity_out": min(quantity, held)}
        if kind == "transfer":
            fields["to_account"] = self.random.choice([name for name in ACCOUNTS if name != account])
            fields["asset_in"], fields["quantity_in"] = asset, fields["quantity_out"]
            if self.random.random() < 0.5 and fields["quantity_out"] > 40 * SATOSHI:
                lost = SATOSHI * self.random.choice((1, 7, 40))
                if fields["quantity_out"] > 1:
                    lost = Decimal(self.random.randint(1, 300)) / 1000
                self.value(asset, lost)
                fields["quantity_in"] -= lost
                fields["value"] = lost * self.prices[asset]
        else:
            fields["value"] = self.value(asset, fields["quantity_out"])
        if kind in ("sell", "swap"):
            fields["fee"] = self.fee_out_of(fields["value"]) if fee is None else fee
        if kind == "swap":
            fields["asset_in"] = self.random.choice([name for name in self.assets if name != asset])
            fields["quantity_in"] = self.quantity()
        self.add(kind, account, **fields)


def general(seed, count, currency, acquisition_fees=True):
    """Everything at once: trades, swaps, income, gifts, transfers, clusters, repurchases, dust, many lots in one sale.

    Without `acquisition_fees` purchases cost exactly their value, so that price and unit cost are the same number.
    """
    history = History(seed, currency, ("BTC", "ETH", "SOL", "XRP", "DOGE"))
    chance = history.random
    fee = None if acquisition_fees else Decimal(0)
    for asset in history.assets:
        history.acquire("buy", asset, Decimal(50), Decimal(chance.randint(100, 5_000_000)) / 100, fee=fee)
    while len(history.events) < count:
        history.pause()
        kind = chance.choices(
            ("buy", "sell", "swap", "income", "gift", "give", "spend", "transfer", "cluster", "repurchase", "heap", "twins"),
            (26, 22, 12, 8, 3, 4, 3, 8, 5, 5, 1, 3),
        )[0]
        asset = chance.choice(history.assets)
        if kind == "buy":
            history.acquire("buy", asset, fee=fee)
        elif kind in ("sell", "swap", "spend", "transfer"):
            history.dispose(kind)
        elif kind == "income":
            history.acquire(chance.choice(INCOME), asset)
        elif kind == "gift":
            history.acquire("gift_in", asset)
        elif kind == "give":
            history.dispose(chance.choice(("gift_out", "donation")))
        elif kind == "cluster":
            cluster(history, asset, fee)
        elif kind == "repurchase":
            repurchase(history, asset, fee)
        elif kind == "heap":
            heap(history, asset, fee)
        elif kind == "twins":
            # Equal unit costs: which of them goes first is then a rule of its own.
            for _ in range(3):
                history.acquire("buy", asset, Decimal(2), Decimal("84.50"), fee=Decimal(0))
                history.wait(chance.randint(1, 90_000))
    return history


def cluster(history, asset, fee=None):
    """Purchases and sales of one coin within a few minutes."""
    for _ in range(history.random.randint(3, 9)):
        if history.random.random() < 0.5:
            history.acquire("buy", asset, fee=fee)
        else:
            history.dispose(history.random.choice(("sell", "swap")), asset)
        history.wait(history.random.randint(1, 300))


def repurchase(history, asset, fee=None):
    """Sales followed by purchases of the same coin around 30 days later: on day 1 to 32."""
    for _ in range(history.random.randint(1, 3)):
        history.dispose("sell", asset, Decimal(history.random.randint(10, 90)) / 100)
        history.wait(history.random.randint(1, 200_000))
    for _ in range(history.random.randint(1, 3)):
        history.wait(history.random.choice((3_600, 86_400, 20 * 86_400, 29 * 86_400, 30 * 86_400, 31 * 86_400)))
        history.acquire("buy", asset, fee=fee)


def heap(history, asset, fee=None):
    """Many small lots in one account, all of them and whatever else is there sold at once."""
    for _ in range(history.random.randint(25, 60)):
        history.acquire("buy", asset, account="Kraken", fee=fee)
        history.wait(history.random.randint(1, 50_000))
    history.dispose("sell", asset, 1, account="Kraken")


def british(seed, count):
    """A history in pounds for United Kingdom rules, with events shortly before and after midnight in London.

    Gifts to others than a spouse or charity are left out: Coffer ends such lots without a gain, see
    docs/cost-basis.md. No-gain gifts stand apart from all acquisitions of the coin by more than 30 days, because the
    two programs identify them differently otherwise: check.py has that case on its own.
    """
    start = datetime(2012, 1, 4, tzinfo=timezone.utc)
    history = History(seed, "GBP", ("BTC", "ETH", "SOL", "XRP", "DOGE"), start)
    chance = history.random
    for asset in history.assets:
        history.acquire("buy", asset, Decimal(50), Decimal(chance.randint(100, 5_000_000)) / 100)
    # BittyTax 0.6.0 knows the tax years up to 2025/26.
    while len(history.events) < count and history.time.year < 2025:
        history.pause()
        if chance.random() < 0.2:
            # From 22:30 to 01:30 UTC: the London day is another one for an hour of them in summer.
            history.time = history.time.replace(hour=22, minute=30, second=0) + timedelta(seconds=chance.randint(0, 10_800))
        kind = chance.choices(
            ("buy", "sell", "swap", "income", "gift", "give", "spend", "transfer", "cluster", "repurchase", "heap", "fork"),
            (26, 22, 12, 8, 3, 1, 3, 6, 8, 10, 1, 1),
        )[0]
        asset = chance.choice(history.assets)
        if kind == "buy":
            history.acquire("buy", asset)
        elif kind in ("sell", "swap", "spend", "transfer"):
            history.dispose(kind)
        elif kind == "income":
            history.acquire(chance.choice(INCOME), asset)
        elif kind == "gift":
            history.acquire("gift_in", asset)
        elif kind == "fork":
            history.acquire("fork", asset, value=Decimal(0))
        elif kind == "give":
            history.wait(40 * 86_400)
            history.dispose(chance.choice(("gift_out", "donation")))
            history.wait(40 * 86_400)
        elif kind == "cluster":
            cluster(history, asset)
        elif kind == "repurchase":
            repurchase(history, asset)
        elif kind == "heap":
            heap(history, asset)
    return history


def write_prices(history, path):
    """Writes the prices of what transfers cost, which no column of the history states, in a layout of Coffer's."""
    with open(path, "w", newline="", encoding="ascii") as target:
        rows = csv.writer(target, lineterminator="\n")
        rows.writerow(("time", "base", "quote", "price"))
        for event in history.events:
            if event.kind == "transfer" and event.disposed:
                rows.writerow((event.stamp, event.asset_out, history.currency, f"{event.price:f}"))


def write_coffer(history, path):
    """Writes the history in Coffer's own layout (docs/importing.md)."""
    money = history.currency
    with open(path, "w", newline="", encoding="ascii") as target:
        rows = csv.DictWriter(target, COFFER_HEADER, lineterminator="\n")
        rows.writeheader()
        for event in history.events:
            row = {"time": event.stamp, "kind": event.kind, "account": event.account, "to_account": event.to_account}
            row["reference"] = f"E{event.number:06d}"
            if event.kind in ("buy", "sell", "swap"):
                row["kind"] = "trade"
            if event.asset_in:
                row["in_amount"], row["in_asset"] = f"{event.quantity_in:f}", event.asset_in
            if event.asset_out:
                row["out_amount"], row["out_asset"] = f"{event.quantity_out:f}", event.asset_out
            if event.kind == "buy":
                row["out_amount"], row["out_asset"] = f"{event.value:f}", money
            if event.kind == "sell":
                row["in_amount"], row["in_asset"] = f"{event.value:f}", money
            if event.kind == "transfer":
                if not event.disposed:
                    row["in_amount"], row["in_asset"] = "", ""
            elif event.kind != "fork":
                row["value"], row["value_asset"] = f"{event.value:f}", money
            if event.fee:
                row["fee_amount"], row["fee_asset"] = f"{event.fee:f}", money
            rows.writerow(row)
