#!/usr/bin/env python3
"""Writes samples/coinbase.csv: three years of a made-up Coinbase history, newest row first.

Deterministic: the same script gives the same file, byte for byte. Names, ids and amounts are fictional; prices are
rough monthly figures of our own that follow the real course. Every wallet stays at or above zero at all times, which the
script checks before it writes.
"""

import datetime
import pathlib
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

D = Decimal
START = datetime.datetime(2022, 1, 3, 9, 0, 0)

# Rough prices in USD at the start of each quarter from 2022-01 to 2025-01, between which the script draws a line.
COURSE = {
    "BTC": [46700, 45600, 19800, 19300, 16600, 28400, 30500, 27000, 42500, 69600, 63000, 63400, 94000],
    "ETH": [3750, 3300, 1070, 1310, 1200, 1820, 1930, 1670, 2290, 3500, 3430, 2600, 3350],
    "SOL": [171, 120, 33, 33, 10, 21, 19, 21.5, 102, 196, 146, 152, 190],
    "ADA": [1.32, 1.15, 0.46, 0.43, 0.25, 0.39, 0.29, 0.26, 0.6, 0.65, 0.39, 0.37, 0.86],
    "XRP": [0.84, 0.82, 0.32, 0.48, 0.34, 0.53, 0.48, 0.51, 0.62, 0.62, 0.47, 0.61, 2.1],
    "LTC": [148, 124, 53, 53, 70, 92, 106, 66, 73, 104, 74, 66, 104],
    "DOT": [27, 22, 7, 6.3, 4.3, 6.2, 5.2, 4.1, 8.3, 9.1, 6.3, 4.5, 6.7],
    "LINK": [19.6, 16.6, 6.3, 7.5, 5.6, 7.4, 6.2, 7.7, 15.2, 19.1, 14.2, 11.9, 20.6],
    "MATIC": [2.52, 1.62, 0.48, 0.78, 0.76, 1.11, 0.65, 0.53, 0.97, 1.0, 0.56, 0.38, 0.45],
    "ATOM": [33, 29, 8, 13, 9.4, 11.2, 9.4, 7.2, 10.7, 12.2, 6.6, 4.7, 6.2],
    "GRT": [0.64, 0.46, 0.1, 0.1, 0.056, 0.14, 0.11, 0.085, 0.19, 0.38, 0.2, 0.17, 0.2],
    "USDC": [1] * 13,
    "DAI": [1] * 13,
    "XLM": [0.27, 0.23, 0.11, 0.11, 0.07, 0.11, 0.095, 0.11, 0.13, 0.13, 0.092, 0.093, 0.34],
}
COURSE["ETH2"] = COURSE["ETH"]
COURSE["CBETH"] = [price * 1.05 for price in COURSE["ETH"]]
COURSE["POL"] = COURSE["MATIC"]
COURSE["BCH"] = [440, 370, 105, 117, 97, 124, 300, 235, 260, 680, 390, 320, 440]

DIGITS = {"BTC": 8, "USDC": 6, "USD": 2, "XRP": 6, "DAI": 8}


class Dice:
    """A small generator of our own, so that the file does not depend on the Python version."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 33

    def below(self, limit):
        return self.next() % limit

    def between(self, low, high):
        return low + self.below(high - low + 1)


dice = Dice(20220103)
rows = []
wallet = {}


def places(value, count, mode=ROUND_HALF_EVEN):
    return value.quantize(D(1).scaleb(-count), rounding=mode)


def plain(value):
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(asset, day):
    position = D(day) / D("91.3125")
    index = min(int(position), 11)
    low, high = D(str(COURSE[asset][index])), D(str(COURSE[asset][index + 1]))
    value = low + (high - low) * (position - index)
    if asset not in ("USDC", "DAI"):
        value *= D(970 + dice.below(61)) / 1000
    return places(value, 2 if value >= 100 else 4 if value >= 1 else 6)


def money(value):
    sign = "-" if value < 0 else ""
    text = format(abs(value), "f")
    whole, _, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(2, "0")
    return f"{sign}${whole}.{decimals}"


def change(asset, amount):
    wallet[asset] = wallet.get(asset, D(0)) + amount
    assert wallet[asset] >= 0, (asset, wallet[asset])


def quantity(asset, value):
    return places(value, DIGITS.get(asset, 8), ROUND_DOWN)


def row(day, kind, asset, amount, unit, subtotal, total, fee, note, second=None):
    time = START + datetime.timedelta(days=day, seconds=dice.below(50000) if second is None else second)
    ident = f"{dice.next():08x}{dice.next():08x}{dice.next():08x}"[:24]
    rows.append((time, len(rows), [
        ident, time.strftime("%Y-%m-%d %H:%M:%S UTC"), kind, asset, plain(amount), "USD", money(unit), money(subtotal),
        money(total), money(fee), note,
    ]))


def buy(day, asset, spend, kind="Buy"):
    unit = price(asset, day)
    fee = places(spend * D("0.0149"), 2) if kind == "Buy" else places(spend * D("0.006"), 6)
    subtotal = spend - fee
    amount = quantity(asset, subtotal / unit)
    note = f"Bought {plain(amount)} {asset} for {plain(spend)} USD"
    if kind != "Buy":
        subtotal = amount * unit
        fee = places(subtotal * D("0.006"), 8)
        note = f"Bought {plain(amount)} {asset} for {plain(subtotal + fee)} USDC on {asset}-USDC at {plain(unit)} USDC/{asset}"
        change("USDC", -(subtotal + fee))
        row(day, kind, asset, amount, unit, places(subtotal, 5), places(subtotal + fee, 5), fee, note)
    else:
        change("USD", -spend)
        row(day, kind, asset, amount, unit, subtotal, spend, fee, note)
    change(asset, amount)


def sell(day, asset, share, kind="Sell"):
    unit = price(asset, day)
    amount = quantity(asset, wallet[asset] * share / 100)
    change(asset, -amount)
    if kind == "Sell":
        subtotal = places(amount * unit, 2)
        fee = places(subtotal * D("0.0149"), 2)
        change("USD", subtotal - fee)
        row(day, kind, asset, -amount, unit, subtotal, subtotal - fee, fee,
            f"Sold {plain(amount)} {asset} for {plain(subtotal - fee)} USD")
        return
    gross = amount * unit
    fee = places(gross * D("0.006"), 8)
    change("USDC", gross - fee)
    row(day, kind, asset, -amount, unit, -places(gross, 5), -places(gross - fee, 5), fee,
        f"Sold {plain(amount)} {asset} for {plain(gross - fee)} USDC on {asset}-USDC at {plain(unit)} USDC/{asset}")


def convert(day, source, share, target, kind="Convert", word="Converted"):
    unit = price(source, day)
    amount = quantity(source, wallet[source] * share / 100)
    total = places(amount * unit, 5)
    subtotal = total if kind != "Convert" else places(total * D("0.985"), 5)
    got = quantity(target, subtotal / price(target, day))
    change(source, -amount)
    change(target, got)
    row(day, kind, source, -amount, unit, subtotal, total, total - subtotal,
        f"{word} {plain(amount)} {source} to {plain(got)} {target}")


def income(day, kind, asset, value, note=""):
    unit = price(asset, day)
    amount = quantity(asset, D(value) / unit)
    worth = places(amount * unit, 5)
    change(asset, amount)
    row(day, kind, asset, amount, unit, worth, worth, D(0), note)


def outgo(day, kind, asset, amount, note=""):
    unit = D(1) if asset == "USD" else price(asset, day)
    amount = quantity(asset, D(amount))
    worth = places(amount * unit, 5 if asset != "USD" else 2)
    change(asset, -amount)
    row(day, kind, asset, -amount, unit, -worth, -worth, D(0), note)


def incoming(day, kind, asset, amount, note=""):
    unit = D(1) if asset == "USD" else price(asset, day)
    amount = D(amount)
    worth = places(amount * unit, 5 if asset != "USD" else 2)
    change(asset, amount)
    row(day, kind, asset, amount, unit, worth, worth, D(0), note)


def pair(day, kind, source, target, amount):
    unit = price(target, day)
    worth = places(amount * unit, 5)
    change(source, -amount)
    change(target, amount)
    row(day, kind, source, -amount, unit, -worth, -worth, D(0), "", second=30000)
    row(day, kind, target, amount, unit, worth, worth, D(0), "", second=30000)


def inside(day, kind, asset, amount):
    unit = price(asset, day)
    worth = places(D(amount) * unit, 5)
    row(day, kind, asset, D(amount), unit, worth, worth, D(0), "")


def history():
    coins = ["BTC", "ETH", "SOL", "ADA", "XRP", "LTC", "DOT", "LINK", "MATIC", "ATOM"]
    incoming(0, "Deposit", "USD", 6000, "Deposit from Example Bank ****0042")
    for month in range(36):
        day = month * 30 + 2
        if month:
            incoming(day - 1, "Deposit", "USD", 700 + 50 * dice.below(6), "Deposit from Example Bank ****0042")
        buy(day, "BTC", D(150 + dice.below(100)))
        buy(day + 3, "ETH", D(100 + dice.below(100)))
        if month % 2 == 0:
            buy(day + 6, coins[2 + month // 2 % 8], D(120 + dice.below(150)))
        if month % 3 == 0:
            buy(day + 8, "USDC", D(300))
        if month % 3 == 1:
            buy(day + 12, coins[dice.below(4)], D(150), kind="Advanced Trade Buy")
        if month % 4 == 3:
            sell(day + 14, coins[month // 4 % 3], 12)
        if month % 5 == 4:
            sell(day + 15, "ETH", 8, kind="Advanced Trade Sell")
        if month >= 4:
            income(day + 16, "Staking Income" if month >= 14 else "Rewards Income", "ETH", "1.35")
        if month >= 6 and month % 2:
            income(day + 17, "Inflation Reward" if month < 20 else "Reward Income", "SOL", "0.85")
        if month % 6 == 5:
            outgo(day + 18, "Send", "BTC", "0.0025", "Sent 0.0025 BTC to bc1qexample0wallet")
        if month % 9 == 7:
            convert(day + 20, "ADA" if month < 20 else "XRP", 25, "LINK")
    singles()


def singles():
    income(20, "Coinbase Earn", "GRT", 3, "Received GRT from Coinbase Earn")
    income(61, "Learning Reward", "GRT", 3, "Received GRT from Coinbase as a learning reward")
    income(95, "Interest Payout", "USDC", "0.42")
    income(420, "USDC Rewards", "USDC", "1.17")
    income(500, "Incentives Rewards Payout", "BTC", "5.00")
    income(130, "Airdrop", "XLM", "10.00", "Airdrop of XLM")
    income(140, "Fork", "BCH", "0.80", "Credited after a fork")
    incoming(200, "Receive", "BTC", "0.0125", "Received 0.0125 BTC from an external account")
    incoming(610, "Receive", "LTC", "1.5", "Received 1.5 LTC from an external account")
    outgo(210, "Pro Deposit", "ETH", "0.05", "Transfer to Coinbase Pro")
    incoming(240, "Pro Withdrawal", "ETH", "0.05", "Transfer from Coinbase Pro")
    outgo(700, "Exchange Deposit", "BTC", "0.004", "Transfer to Coinbase Exchange")
    incoming(730, "Exchange Withdrawal", "BTC", "0.0041", "Transfer from Coinbase Exchange")
    outgo(310, "Card Spend", "USDC", "23.5", "Spent with the Coinbase Card, \"Corner Shop, Ltd\"")
    income(316, "Card Buy Back", "USDC", "8.00", "Refund of a card payment")
    outgo(760, "Subscription", "USDC", "29.99", "Coinbase One")
    income(790, "Subscription Rebate", "USDC", "4.20", "Rebate of trading fees")
    income(800, "Retail Simple Price Improvement", "USDC", "0.06")
    outgo(820, "Donation", "LTC", "0.05", "Donated to Example Relief")
    outgo(830, "Admin Debit", "USDC", "1.25", "Correction of a reward")
    incoming(836, "Admin Credit", "USDC", "1.25", "Correction withdrawn")
    convert(330, "ETH", 20, "ETH2")
    inside(333, "Retail Staking Transfer", "SOL", "1.25")
    inside(470, "Retail Unstaking Transfer", "SOL", "1.25")
    inside(480, "Vault Withdrawal", "BTC", "0.01")
    pair(560, "Retail Eth2 Deprecation", "ETH2", "ETH", wallet["ETH2"])
    convert(640, "ETH", 10, "CBETH", kind="Wrap Asset", word="Wrapped")
    pair(1010, "Asset Migration", "MATIC", "POL", wallet["MATIC"])
    dust = wallet["XLM"]
    worth = places(dust * price("XLM", 900), 5)
    change("XLM", -dust)
    change("USDC", places(worth, 6))
    row(900, "Retail Simple Dust", "XLM", -dust, price("XLM", 900), worth, worth, D(0),
        f"Converted {plain(dust)} XLM to {plain(places(worth, 6))} USDC")
    incoming(930, "Derivatives Settlement", "USDC", "12.4", "Futures settlement")
    outgo(960, "Derivatives Settlement", "USDC", "7.15", "Futures settlement")
    outgo(1040, "Withdrawal", "USD", 400, "Withdrawal to Example Bank ****0042")
    outgo(1080, "Send", "SOL", "0.75", "Sent 0.75 SOL to an external account")


COLUMNS = ("ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,"
           "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes")


def cell(text):
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text


def check():
    """Replays the rows by time, as a reader sees them, and stops if a wallet would go below zero."""
    held = {}
    for _, _, cells in sorted(rows, key=lambda item: item[:2]):
        kind, asset, amount, note = cells[2], cells[3], D(cells[4]), cells[10].split(" ")
        if kind in ("Retail Staking Transfer", "Retail Unstaking Transfer", "Vault Withdrawal"):
            continue
        held[asset] = held.get(asset, D(0)) + amount
        number = lambda text: D(text.replace("$", ""))
        if note[0] in ("Converted", "Wrapped"):
            held[note[5]] = held.get(note[5], D(0)) + D(note[4])
            asset = note[5] if held[asset] >= 0 else asset
        elif kind in ("Buy", "Sell"):
            held["USD"] += -number(cells[8]) if kind == "Buy" else number(cells[8])
            asset = "USD" if held["USD"] < 0 else asset
        elif kind.startswith("Advanced"):
            held["USDC"] += -D(note[4]) if kind.endswith("Buy") else D(note[4])
            asset = "USDC" if held["USDC"] < 0 else asset
        assert held[asset] >= 0, (cells, held[asset])


history()
rows.sort(key=lambda item: item[:2])
check()
lines = ["", "Transactions", "User,Robin Example,00000000-0000-4000-8000-00000000c0de", COLUMNS]
lines += [",".join(cell(text) for text in cells) for _, _, cells in reversed(rows)]
path = pathlib.Path(__file__).with_name("coinbase.csv")
path.write_text("\n".join(lines) + "\n", encoding="utf-8")
print(f"{path}: {len(rows)} rows")

# The prices that go with it: closes of every Monday, and of every day of the last month.
first, last = datetime.date(2022, 1, 3), datetime.date(2024, 12, 31)
lines = ["date,asset,price_usd"]
for number in range((last - first).days + 1):
    day = first + datetime.timedelta(days=number)
    if day.weekday() == 0 or day >= datetime.date(2024, 12, 1):
        lines += [f"{day},{asset},{plain(price(asset, number))}" for asset in sorted(COURSE)]
path = pathlib.Path(__file__).with_name("prices.csv")
path.write_text("\n".join(lines) + "\n", encoding="utf-8")
print(f"{path}: {len(lines) - 1} prices")
