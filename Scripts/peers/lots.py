"""A small model of lots in exact fractions, written apart from every program that it is compared with."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class Lot:
    """Coins acquired at once; `cost` includes the fee, `price` does not and is per unit."""

    stamp: str
    number: int
    quantity: Fraction
    cost: Fraction
    price: Fraction
    left: Fraction = Fraction(0)

    @property
    def unit_cost(self):
        return self.cost / self.quantity


@dataclass
class Disposal:
    """What one disposal used: proceeds after the fee, and parts of (stamp of the lot, quantity, cost)."""

    stamp: str
    asset: str
    kind: str
    quantity: Fraction
    proceeds: Fraction
    parts: list = field(default_factory=list)

    @property
    def cost(self):
        return sum((cost for _, _, cost in self.parts), Fraction(0))


# The lot that goes first has the least key. Among equals the one acquired first goes first, with LIFO the last one.
BY_COST = {
    "fifo": lambda lot: (lot.number,),
    "lifo": lambda lot: (-lot.number,),
    "hifo": lambda lot: (-lot.unit_cost, lot.number),
    "lofo": lambda lot: (lot.unit_cost, lot.number),
}
BY_PRICE = dict(
    BY_COST,
    hifo=lambda lot: (-lot.price, lot.number),
    lofo=lambda lot: (lot.price, lot.number),
)


def run(history, order):
    """The disposals of a history in one pool over all accounts, with lots in the given order."""
    lots = {}
    disposals = []
    for event in history.events:
        if event.disposed:
            proceeds = Fraction(event.value) - Fraction(event.fee)
            disposal = Disposal(event.stamp, event.asset_out, event.kind, Fraction(event.disposed), proceeds)
            wanted = disposal.quantity
            while wanted:
                lot = min((lot for lot in lots[event.asset_out] if lot.left), key=order)
                taken = min(wanted, lot.left)
                disposal.parts.append((lot.stamp, taken, lot.cost * taken / lot.quantity))
                lot.left -= taken
                wanted -= taken
            lots[event.asset_out] = [lot for lot in lots[event.asset_out] if lot.left]
            disposals.append(disposal)
        if event.asset_in and event.kind != "transfer":
            quantity, value = Fraction(event.quantity_in), Fraction(event.value)
            # The fee of a coin-to-coin trade belongs to the disposal.
            cost = value + (Fraction(event.fee) if event.kind == "buy" else 0)
            lot = Lot(event.stamp, event.number, quantity, cost, value / quantity, quantity)
            lots.setdefault(event.asset_in, []).append(lot)
    return disposals
