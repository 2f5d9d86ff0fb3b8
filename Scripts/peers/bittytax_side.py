"""Runs BittyTax over a history and prints what it found as JSON; part of check.py, run by the Python that has it.

Usage: bittytax_side.py HISTORY FOLDER < /dev/null

HISTORY is a pickled list of events. The history is written as BittyTax's own transaction records, read by its import
and computed by its tax calculator with the rules for individuals; the reports are left out. Each tax event is given
with the rounded amounts of its report and with the amounts before rounding. Its settings stand in FOLDER, name no
source of prices and are its own defaults but for one: the fee of a coin-to-coin trade belongs to the disposal, as in
Coffer. Nothing can reach the network: sockets refuse to connect.
"""

import csv
import json
import os
import pickle
import socket
import sys
from decimal import Decimal

HEADER = ("Type", "Buy Quantity", "Buy Asset", "Buy Value", "Sell Quantity", "Sell Asset", "Sell Value",
          "Fee Quantity", "Fee Asset", "Fee Value", "Wallet", "Timestamp", "Note")
TYPES = {"buy": "Trade", "sell": "Trade", "swap": "Trade", "spend": "Spend", "staking": "Staking", "mining": "Mining",
         "interest": "Interest", "airdrop": "Airdrop", "gift_in": "Gift-Received", "gift_out": "Gift-Spouse",
         "donation": "Charity-Sent", "fork": "Fork"}
SETTINGS = "local_currency: 'GBP'\nlocal_timezone: 'Europe/London'\ntrade_allowable_cost_type: 1\n" \
           "data_source_fiat: []\ndata_source_crypto: []\n"


def number(value):
    """A Decimal as plain digits."""
    return f"{value:f}"


def rows(events, money):
    """The transaction records of the events; a transfer is a withdrawal and a deposit."""
    for event in events:
        row = dict.fromkeys(HEADER, "")
        row.update({"Wallet": event.account, "Timestamp": event.stamp, "Note": f"E{event.number:06d}"})
        if event.fee:
            row.update({"Fee Quantity": number(event.fee), "Fee Asset": money, "Fee Value": number(event.fee)})
        if event.kind == "transfer":
            quantity = number(event.quantity_in)
            paid = dict(row)
            if event.disposed:
                paid.update({"Fee Quantity": number(event.disposed), "Fee Asset": event.asset_out})
                paid["Fee Value"] = number(event.value)
            yield dict(paid, Type="Withdrawal", **{"Sell Quantity": quantity, "Sell Asset": event.asset_out})
            row["Wallet"] = event.to_account
            yield dict(row, Type="Deposit", **{"Buy Quantity": quantity, "Buy Asset": event.asset_in})
            continue
        row["Type"] = TYPES[event.kind]
        value = number(event.value)
        if event.asset_in:
            row.update({"Buy Quantity": number(event.quantity_in), "Buy Asset": event.asset_in, "Buy Value": value})
        if event.asset_out:
            row.update({"Sell Quantity": number(event.quantity_out), "Sell Asset": event.asset_out, "Sell Value": value})
        if event.kind == "buy":
            row.update({"Sell Quantity": value, "Sell Asset": money, "Sell Value": value})
        if event.kind == "sell":
            row.update({"Buy Quantity": value, "Buy Asset": money, "Buy Value": value})
        if event.kind == "fork":
            row["Buy Value"] = ""
        yield row


def refuse(*_):
    """Takes the place of connecting a socket."""
    raise OSError("a check touched the network")


def main():
    socket.socket.connect = refuse
    with open(sys.argv[1], "rb") as source:
        events = pickle.load(source)
    folder = os.path.abspath(sys.argv[2])
    # Its settings and caches belong to the home folder.
    os.environ["HOME"] = folder
    os.makedirs(folder + "/.bittytax", exist_ok=True)
    with open(folder + "/.bittytax/bittytax.conf", "w", encoding="ascii") as target:
        target.write(SETTINGS)
    path = folder + "/records.csv"
    with open(path, "w", newline="", encoding="ascii") as target:
        writer = csv.DictWriter(target, HEADER)
        writer.writeheader()
        writer.writerows(rows(events, "GBP"))
    printed, sys.stdout = sys.stdout, sys.stderr
    sys.stdout.reconfigure(encoding="utf-8")
    from bittytax import tax as tax_module
    from bittytax.audit import AuditRecords
    from bittytax.bt_types import DisposalType, TaxRules
    from bittytax.import_records import ImportRecords
    from bittytax.price.valueasset import ValueAsset
    from bittytax.transactions import TransactionHistory

    exact = []

    class Recording(tax_module.TaxEventCapitalGains):
        """A tax event of BittyTax that also keeps what it was made from."""

        def __init__(self, disposal_type, bought, sold, cost, fees):
            selling_fee = sold.fee_value or Decimal(0)
            super().__init__(disposal_type, bought, sold, cost, fees)
            exact.append({
                "asset": str(self.asset),
                "day": self.date.isoformat(),
                "rule": self.disposal_type.name,
                "quantity": number(self.quantity),
                "selling_fee": number(selling_fee),
                "exact": [number(Decimal(sold.proceeds)), number(cost), number(fees)],
                "rounded": [number(self.proceeds), number(self.cost), number(self.fees), number(self.gain)],
            })

    tax_module.TaxEventCapitalGains = Recording
    records = ImportRecords()
    with open(path, newline="", encoding="ascii") as source:
        records.import_csv(source, path)
    if records.failure_cnt:
        sys.exit("BittyTax refused a record")
    transaction_records = records.get_records()
    audit = AuditRecords(transaction_records)
    calculator = tax_module.TaxCalculator(
        TransactionHistory(transaction_records, ValueAsset()).transactions, TaxRules.UK_INDIVIDUAL
    )
    calculator.pool_same_day()
    calculator.match_sell(DisposalType.SAME_DAY)
    calculator.match_buyback(DisposalType.BED_AND_BREAKFAST)
    calculator.process_section104(False)
    capital = {}
    for year in sorted(calculator.tax_events):
        totals = calculator.calculate_capital_gains(year).totals
        capital[int(year)] = {name: number(totals[name]) for name in ("proceeds", "cost", "fees", "gain")}
    calculator.process_income()
    income = [
        {"day": event.date.isoformat(), "asset": str(event.asset), "type": event.type.value, "amount": number(event.amount),
         "entry": str(event.note)}
        for events_of_year in calculator.tax_events.values()
        for event in events_of_year
        if type(event).__name__ == "TaxEventIncome"
    ]
    pools = {
        str(asset): [number(holding.quantity), number(holding.cost + holding.fees)]
        for asset, holding in calculator.holdings.items()
    }
    found = {"events": exact, "years": capital, "income": income, "pools": pools,
             "audited": bool(audit.compare_pools(calculator.holdings))}
    json.dump(found, printed)


if __name__ == "__main__":
    main()
