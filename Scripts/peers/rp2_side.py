"""Runs rp2 over a history and prints what it found as JSON; part of check.py, run by the Python that has rp2.

Usage: rp2_side.py HISTORY FOLDER METHOD [METHOD ...] < /dev/null

HISTORY is a pickled list of events. A METHOD is fifo, lifo, hifo or lofo; one that ends in `:gift`, such as `lifo:gift`,
gets income as gifts received, which enter the same lots but are no taxable events (check.py says why). The history is written as rp2's own spreadsheet and settings file, read back by
rp2's parser and computed by its engine with the rules of the United States; only the writing of its workbooks is left
out. rp2 reads cells as binary floating point with 11 decimals, so every number is compared with what was meant before
anything is computed. Nothing can reach the network: sockets refuse to connect.
"""

import importlib
import json
import logging
import os
import pickle
import socket
import sys
from decimal import Decimal

IN = ("timestamp", "asset", "exchange", "holder", "transaction_type", "spot_price", "crypto_in", "fiat_fee",
      "fiat_in_no_fee", "fiat_in_with_fee", "unique_id")
OUT = ("timestamp", "asset", "exchange", "holder", "transaction_type", "spot_price", "crypto_out_no_fee", "crypto_fee",
       "fiat_out_no_fee", "unique_id")
INTRA = ("timestamp", "asset", "from_exchange", "from_holder", "to_exchange", "to_holder", "spot_price", "crypto_sent",
         "crypto_received", "unique_id")
HOLDER = "Ada"
# A purchase with coins is a purchase; what rp2 has no word for is named by what it does.
TYPES = {"buy": "Buy", "swap": "Buy", "gift_in": "Gift", "gift_out": "Gift", "donation": "Donate", "sell": "Sell",
         "spend": "Sell", "staking": "Staking", "mining": "Mining", "interest": "Interest", "airdrop": "Airdrop"}
GIFTS = dict(TYPES, staking="Gift", mining="Gift", interest="Gift", airdrop="Gift")


def rows_in(events, asset, types=TYPES):
    """Rows of what came in. The price is the value without the fee per unit, as exchanges state it."""
    for event in events:
        if event.asset_in == asset and event.kind != "transfer":
            fee = event.fee if event.kind == "buy" else Decimal(0)
            yield (event.stamp, asset, event.account, HOLDER, types[event.kind], event.value / event.quantity_in,
                   event.quantity_in, fee, event.value, event.value + fee, f"E{event.number:06d}")


def rows_out(events, asset, types=TYPES):
    """Rows of what went out. A fee in money has no column of its own: what was received is stated after the fee."""
    for event in events:
        if event.asset_out == asset and event.kind != "transfer":
            kind = "Sell" if event.kind == "swap" else types[event.kind]
            received = event.value - event.fee
            yield (event.stamp, asset, event.account, HOLDER, kind, received / event.quantity_out, event.quantity_out,
                   Decimal(0), received, f"E{event.number:06d}")


def rows_intra(events, asset, types=TYPES):
    """Rows of what moved between own accounts."""
    for event in events:
        if event.asset_out == asset and event.kind == "transfer":
            price = event.price if event.disposed else None
            yield (event.stamp, asset, event.account, HOLDER, event.to_account, HOLDER, price, event.quantity_out,
                   event.quantity_in, f"E{event.number:06d}")


def tables(events, asset, types):
    """The rows of an asset's sheet, each table between its name and its end."""
    for name, header, rows in (("IN", IN, rows_in), ("OUT", OUT, rows_out), ("INTRA", INTRA, rows_intra)):
        lines = list(rows(events, asset, types))
        if lines:
            yield (name,)
            yield header
            yield from lines
            yield ("TABLE END",)
            yield ()


def write_spreadsheet(path, events, assets, types):
    """Writes rp2's input: a sheet for each asset."""
    import ezodf

    document = ezodf.newdoc("ods", path)
    for asset in assets:
        lines = list(tables(events, asset, types))
        sheet = ezodf.Sheet(asset, size=(len(lines), len(IN)))
        document.sheets += sheet
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                if isinstance(cell, Decimal):
                    sheet[row, column].set_value(float(cell))
                elif cell:
                    sheet[row, column].set_value(cell)
    document.save()


def write_settings(path, assets, accounts):
    """Writes rp2's settings: the names, and which column holds what."""
    with open(path, "w", encoding="ascii") as target:
        target.write(f"[general]\nassets = {', '.join(assets)}\n")
        target.write(f"exchanges = {', '.join(accounts)}\nholders = {HOLDER}\n\n")
        for name, header in (("in_header", IN), ("out_header", OUT), ("intra_header", INTRA)):
            target.write(f"[{name}]\n" + "".join(f"{key} = {column}\n" for column, key in enumerate(header)) + "\n")


def check_read(data, events, asset):
    """Every quantity and every sum of money must have arrived with all its digits."""
    meant = {}
    for row in rows_in(events, asset):
        meant[row[-1], "in"] = (row[6], row[9])
    for row in rows_out(events, asset):
        meant[row[-1], "out"] = (row[6], row[8])
    for row in rows_intra(events, asset):
        meant[row[-1], "intra"] = (row[7], row[8], row[6] or Decimal(0))
    read = {}
    for entry in data.unfiltered_in_transaction_set:
        read[entry.unique_id, "in"] = (Decimal(entry.crypto_in), Decimal(entry.fiat_in_with_fee))
    for entry in data.unfiltered_out_transaction_set:
        read[entry.unique_id, "out"] = (Decimal(entry.crypto_out_no_fee), Decimal(entry.fiat_out_no_fee))
    for entry in data.unfiltered_intra_transaction_set:
        read[entry.unique_id, "intra"] = (Decimal(entry.crypto_sent), Decimal(entry.crypto_received), Decimal(entry.spot_price))
    if set(meant) != set(read):
        sys.exit(f"rp2 read other {asset} rows than were written")
    for key, numbers in meant.items():
        if any(Decimal(one) != Decimal(other) for one, other in zip(numbers, read[key])):
            sys.exit(f"rp2 read {key} of {asset} as {read[key]} instead of {numbers}")


def refuse(*_):
    """Takes the place of connecting a socket."""
    raise OSError("a check touched the network")


def main():
    socket.socket.connect = refuse
    with open(sys.argv[1], "rb") as source:
        events = pickle.load(source)
    folder, methods = os.path.abspath(sys.argv[2]), sys.argv[3:]
    # rp2 makes its log folder where it stands.
    os.chdir(folder)
    os.environ["LOG_LEVEL"] = "ERROR"
    from prezzemolo.avl_tree import AVLTree
    from rp2.accounting_engine import AccountingEngine
    from rp2.configuration import Configuration
    from rp2.ods_parser import open_ods, parse_ods
    from rp2.plugin.country.us import US
    from rp2.rp2_error import RP2ValueError
    from rp2.tax_engine import compute_tax

    logging.getLogger("rp2").setLevel(logging.ERROR)
    assets = sorted({name for event in events for name in (event.asset_in, event.asset_out) if name})
    accounts = sorted({name for event in events for name in (event.account, event.to_account) if name})
    write_settings("history.ini", assets, accounts)
    configuration = Configuration(configuration_path="history.ini", country=US())
    inputs, found = {}, {}
    for name in methods:
        method, _, income = name.partition(":")
        if income not in inputs:
            inputs[income] = read = {}
            types = GIFTS if income else TYPES
            write_spreadsheet("history.ods", events, assets, types)
            opened = open_ods(configuration=configuration, input_file_path="history.ods")
            for asset in assets:
                read[asset] = parse_ods(configuration=configuration, asset=asset, input_file_handle=opened)
                check_read(read[asset], events, asset)
        found[name] = []
        for asset in assets:
            tree = AVLTree()
            tree.insert_node(1970, importlib.import_module(f"rp2.plugin.accounting_method.{method}").AccountingMethod())
            try:
                computed = compute_tax(configuration, AccountingEngine(years_2_methods=tree), inputs[income][asset])
            except RP2ValueError as error:
                # What rp2 refuses is a result too.
                found[name].append({"asset": asset, "refused": str(error)})
                continue
            found[name] += [part(entry, asset) for entry in computed.gain_loss_set]
    json.dump(found, sys.stdout)


def part(entry, asset):
    """One of rp2's gains: a taxable event with one of the lots that it used, or with none when it is income."""
    return {
        "entry": entry.taxable_event.unique_id,
        "asset": asset,
        "type": entry.taxable_event.transaction_type.value,
        "lot": entry.acquired_lot.unique_id if entry.acquired_lot else None,
        "quantity": f"{entry.crypto_amount:f}",
        "proceeds": f"{entry.taxable_event_fiat_amount_with_fee_fraction:f}",
        "cost": f"{entry.fiat_cost_basis:f}",
        "gain": f"{entry.fiat_gain:f}",
        "long": entry.is_long_term_capital_gains(),
    }


if __name__ == "__main__":
    main()
