#!/usr/bin/env python3
"""Measures whole processes side by side: read a file of transactions, report gains; ./bench peers runs it.

Usage: measure.py LEDGER SIZE [--coffer PATH] [--environment DIR] [--seconds N] [--rounds N] [--only-own]

LEDGER is a file of SIZE rows in Coffer's own layout that ./bench generated: purchases and sales in dollars, and
transfers. Its rows are spread over eight years first and written in each program's format; nothing of that is
measured. Each program then runs in a process of its own, with nothing in parallel.

One JSON object a line: program, job, seconds, cpu_seconds, peak_kib, stopped (true when it was ended after --seconds,
so that its seconds are a lower bound), rounds; or program and skipped, the reason.

Coffer's whole process is `coffer gains --file`, which checks the file and prints every disposal and the years. Beside
it stands the way with a data folder: `coffer import`, which is durable when it ends, and `coffer gains` in a second
process, which must print the same, and their sum.
"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from xml.sax.saxutils import escape

import bittytax_side
import rp2_side
from histories import COFFER_HEADER, Event

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
START = datetime(2016, 1, 1, tzinfo=timezone.utc)
SPAN = timedelta(days=8 * 365)
# A whole second of one program says more than the fifth run of it.
BUDGET_SECONDS = 20


def spread(source, target, size, money):
    """Copies a ledger with its rows evenly over eight years, and with another currency's code for the dollar's."""
    with open(source, newline="", encoding="ascii") as rows, open(target, "w", newline="", encoding="ascii") as copied:
        reader, writer = csv.reader(rows), csv.writer(copied, lineterminator="\n")
        header = next(reader)
        assert header == COFFER_HEADER, "the ledger is in Coffer's own layout"
        writer.writerow(header)
        time = header.index("time")
        codes = [header.index(name) for name in ("in_asset", "out_asset", "fee_asset", "value_asset")]
        for number, row in enumerate(reader):
            moment = START + timedelta(seconds=int(SPAN.total_seconds()) * number // size)
            row[time] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            for code in codes:
                if row[code] == "USD":
                    row[code] = money
            writer.writerow(row)


def events_of(path, money):
    """The rows of a ledger as events."""
    events = []
    with open(path, newline="", encoding="ascii") as source:
        for row in csv.DictReader(source):
            moment = datetime.fromisoformat(row["time"].replace("Z", "+00:00"))
            event = Event(len(events) + 1, moment, row["kind"], row["account"], to_account=row["to_account"])
            event.fee = Decimal(row["fee_amount"] or 0)
            if row["kind"] == "transfer":
                event.asset_in = event.asset_out = row["out_asset"]
                event.quantity_in = event.quantity_out = Decimal(row["out_amount"])
            elif row["out_asset"] == money:
                event.kind, event.value = "buy", Decimal(row["out_amount"])
                event.asset_in, event.quantity_in = row["in_asset"], Decimal(row["in_amount"])
            else:
                event.kind, event.value = "sell", Decimal(row["in_amount"])
                event.asset_out, event.quantity_out = row["out_asset"], Decimal(row["out_amount"])
            events.append(event)
    return events


# Formats


def write_journal(path, events, money):
    """A journal that hledger and ledger both read; a trade states its total cost, the way their manuals show."""
    with open(path, "w", encoding="ascii") as target:
        for event in events:
            target.write(f"{event.stamp[:10]} {event.kind} E{event.number}\n")
            own = f"assets:{event.account}"
            if event.kind == "transfer":
                target.write(f"    assets:{event.to_account}  {event.quantity_in:f} {event.asset_in}\n")
                target.write(f"    {own}  -{event.quantity_out:f} {event.asset_out}\n\n")
                continue
            coins = f"{event.quantity_in:f} {event.asset_in}" if event.asset_in else f"-{event.quantity_out:f} {event.asset_out}"
            paid = -event.value - event.fee if event.asset_in else event.value - event.fee
            target.write(f"    {own}  {coins} @@ {event.value:f} {money}\n")
            target.write(f"    expenses:fees  {event.fee:f} {money}\n")
            target.write(f"    {own}  {paid:f} {money}\n\n")


def write_records(path, events):
    """BittyTax's transaction records."""
    with open(path, "w", newline="", encoding="ascii") as target:
        writer = csv.DictWriter(target, bittytax_side.HEADER)
        writer.writeheader()
        writer.writerows(bittytax_side.rows(events, "GBP"))


SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>"
)
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="{0}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"


def cell(value):
    """One cell of a spreadsheet."""
    if isinstance(value, Decimal):
        return f'<table:table-cell office:value-type="float" office:value="{float(value)!r}"/>'
    if value is None or value == "":
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def write_spreadsheet(path, events, assets):
    """rp2's input. Written as text, since its library takes minutes for a hundred thousand rows."""
    by_asset = {asset: [] for asset in assets}
    for event in events:
        by_asset[event.asset_in or event.asset_out].append(event)
    width = len(rp2_side.IN)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), SPREADSHEET)
        archive.writestr("META-INF/manifest.xml", MANIFEST.format(SPREADSHEET))
        pieces = [SHEET]
        for asset in assets:
            pieces.append(f'<table:table table:name="{asset}"><table:table-column table:number-columns-repeated="{width}"/>')
            for line in rp2_side.tables(by_asset[asset], asset, rp2_side.TYPES):
                cells = list(line) + [""] * (width - len(line))
                pieces.append("<table:table-row>" + "".join(map(cell, cells)) + "</table:table-row>")
            pieces.append("</table:table>")
        pieces.append("</office:spreadsheet></office:body></office:document-content>")
        archive.writestr("content.xml", "".join(pieces))


# Measuring


class Bench:
    """Runs programs in a folder and prints what they took."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def once(self, words, environment=None):
        """One run: seconds, processor seconds, KiB, whether it was stopped. A failure raises what it printed last."""
        runner = [sys.executable, "-I", "-S", str(HERE / "run_one.py"), str(self.options.seconds)]
        done = subprocess.run(
            runner + [self.path("output"), self.path("errors"), *words], cwd=self.folder, capture_output=True, text=True,
            env=dict(os.environ, **(environment or {})), check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip().splitlines()[-1])
        elapsed, processor, peak, code, stopped = done.stdout.split()
        if code != "0" and stopped == "0":
            said = pathlib.Path(self.path("errors")).read_text(errors="replace").strip().splitlines()
            raise RuntimeError(f"ended with code {code}: {said[-1] if said else 'no word'}")
        return float(elapsed), float(processor), int(peak), stopped == "1"

    def measure(self, program, job, words, environment=None, before=None):
        """Several runs, fewer of a slow program; prints and returns the median."""
        runs = []
        try:
            while not runs or (
                len(runs) < self.options.rounds and sum(run[0] for run in runs) < BUDGET_SECONDS and not runs[0][3]
            ):
                if before:
                    before()
                runs.append(self.once(words, environment))
        except RuntimeError as error:
            skip(program, str(error))
            return None
        figures = {
            "program": program, "job": job, "rounds": len(runs), "stopped": runs[0][3],
            "seconds": statistics.median(run[0] for run in runs),
            "cpu_seconds": statistics.median(run[1] for run in runs), "peak_kib": max(run[2] for run in runs),
        }
        print(json.dumps(figures), flush=True)
        return figures


def skip(program, reason):
    print(json.dumps({"program": program, "skipped": reason}), flush=True)


def measure_coffer(bench, ledger, money, method, name, *options):
    """Coffer's whole process, then both steps with a data folder and their sum with the larger peak; the yearly gains."""
    data, coffer = bench.path("data"), bench.options.coffer
    choices = ["--method", method, "--scope", "universal", "--currency", money, *options]
    if not bench.measure(name, f"{method} of a file", [coffer, "gains", "--file", ledger, "--data", data, *choices]):
        return None
    direct = pathlib.Path(bench.path("output")).read_bytes()
    steps = [bench.measure(
        name, "import", [coffer, "import", ledger, "--data", data], before=lambda: shutil.rmtree(data, ignore_errors=True)
    )]
    words = ["gains", "--data", data, *choices]
    steps.append(bench.measure(name, f"gains by {method}", [coffer, *words]))
    if None in steps:
        return None
    if direct != pathlib.Path(bench.path("output")).read_bytes():
        sys.exit("measure: coffer gains says something else of the file than of the data folder")
    print(json.dumps({
        "program": name, "job": f"import and gains by {method}", "stopped": any(step["stopped"] for step in steps),
        "seconds": sum(step["seconds"] for step in steps), "cpu_seconds": sum(step["cpu_seconds"] for step in steps),
        "peak_kib": max(step["peak_kib"] for step in steps), "rounds": steps[0]["rounds"],
    }), flush=True)
    report = json.loads(subprocess.run([coffer, *words, "--json"], capture_output=True, check=True).stdout)
    if report["problems"]:
        sys.exit(f"measure: Coffer has problems with the ledger, the first: {report['problems'][0]}")
    return {str(year["year"]): Fraction(year["gain"]) for year in report["by_year"]}


def measure_plain(bench, ledger, gains):
    """The plain Python loop, whose yearly gains must be Coffer's but for its rounding down at the eighth decimal."""
    if not bench.measure("plain Python", "gains by fifo", [sys.executable, "-I", str(HERE / "plain_fifo.py"), ledger]):
        return
    with open(bench.path("output"), encoding="ascii") as source:
        lines = (line.split() for line in source)
        found = {words[0]: Fraction(words[-1]) for words in lines if len(words) == 4}
    apart = [year for year in set(found) | set(gains) if abs(found.get(year, 0) - gains.get(year, 0)) > Fraction(1, 100)]
    if apart:
        sys.exit(f"measure: the plain Python loop and Coffer have other gains in {', '.join(sorted(apart))}")


def measure_peers(bench, ledger):
    """hledger, ledger and rp2 in dollars, BittyTax in pounds."""
    events = events_of(ledger, "USD")
    write_journal(bench.path("journal"), events, "USD")
    for program in ("hledger", "ledger"):
        if shutil.which(program):
            bench.measure(program, "balances", [program, "-f", bench.path("journal"), "balance"])
        else:
            skip(program, "it is not installed; Scripts/fetch-peers --programs installs it")
    home = bench.path("home")
    os.makedirs(home + "/.bittytax", exist_ok=True)
    programs = pathlib.Path(bench.options.environment) / "bin"
    if os.access(programs / "rp2_us", os.X_OK):
        assets = sorted({event.asset_in or event.asset_out for event in events})
        accounts = sorted({event.account for event in events} | {event.to_account for event in events if event.to_account})
        rp2_side.write_settings(bench.path("history.ini"), assets, accounts)
        write_spreadsheet(bench.path("history.ods"), events, assets)
        words = ["-m", "fifo", "-o", bench.path("workbooks"), bench.path("history.ini"), bench.path("history.ods")]
        bench.measure("rp2", "gains by fifo", [str(programs / "rp2_us"), *words], {"LOG_LEVEL": "ERROR"})
    else:
        skip("rp2", "it is not installed; Scripts/fetch-peers fetches it")
    if os.access(programs / "bittytax", os.X_OK):
        write_records(bench.path("records.csv"), events)
        pathlib.Path(home, ".bittytax/bittytax.conf").write_text(bittytax_side.SETTINGS, encoding="ascii")
        bench.measure(
            "BittyTax", "gains by section 104", [str(programs / "bittytax"), "--nopdf", bench.path("records.csv")], {"HOME": home}
        )
    else:
        skip("BittyTax", "it is not installed; Scripts/fetch-peers fetches it")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ledger")
    parser.add_argument("size", type=int)
    parser.add_argument("--coffer", default=str(ROOT / ".build/release/coffer"))
    parser.add_argument("--environment", default=str(ROOT / ".build/peers"), help="where rp2 and BittyTax are")
    parser.add_argument("--seconds", type=float, default=300, help="after so many seconds a program is stopped (300)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each program, fewer of slow ones (5)")
    parser.add_argument("--only-own", action="store_true", help="Coffer and plain Python alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="peers-", dir=os.path.dirname(os.path.abspath(options.ledger))) as folder:
        bench = Bench(options, folder)
        ledger, pounds = bench.path("ledger.csv"), bench.path("pounds.csv")
        spread(options.ledger, ledger, options.size, "USD")
        gains = measure_coffer(bench, ledger, "USD", "fifo", "Coffer")
        measure_plain(bench, ledger, gains or {})
        from coffer_side import Coffer
        if Coffer.knows(options.coffer, "s104"):
            spread(options.ledger, pounds, options.size, "GBP")
            measure_coffer(bench, pounds, "GBP", "s104", "Coffer, section 104", "--timezone", "Europe/London")
        else:
            skip("Coffer, section 104", "this Coffer has no section 104 yet")
        if not options.only_own:
            measure_peers(bench, ledger)


if __name__ == "__main__":
    main()
