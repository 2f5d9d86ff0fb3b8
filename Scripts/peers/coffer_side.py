"""Runs Coffer over a history: `coffer import` into a new data folder, then `coffer gains --json`."""

import copy
import json
import os
import subprocess
import tempfile
from dataclasses import replace
from fractions import Fraction

from histories import CENT, write_coffer, write_prices


def spoiled(history):
    """The same history but for its last sale, which brought a cent less; one without a sale as it is."""
    copy_of = copy.copy(history)
    place = max((index for index, event in enumerate(history.events) if event.kind == "sell"), default=None)
    if place is None:
        return history
    event = history.events[place]
    copy_of.events = history.events[:place] + [replace(event, value=event.value - CENT)] + history.events[place + 1 :]
    return copy_of


class Coffer:
    """A program and a data folder of its own that goes with the object."""

    def __init__(self, options, history):
        self.binary = options.coffer
        self.currency = history.currency
        self.folder = tempfile.TemporaryDirectory(prefix="coffer-peers-")
        path = os.path.join(self.folder.name, "history.csv")
        write_coffer(spoiled(history) if options.spoil else history, path)
        answer = json.loads(self.run("import", path, "--json"))
        if answer["inserted"] != len(history.events):
            raise SystemExit(f"coffer imported {answer['inserted']} of {len(history.events)} events: {answer}")
        prices = os.path.join(self.folder.name, "prices.csv")
        write_prices(history, prices)
        self.run("prices", "import", prices)

    def run(self, *words):
        """What a command prints; anything but success ends the check."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COFFER_")}
        done = subprocess.run(
            [self.binary, *words, "--data", os.path.join(self.folder.name, "data")],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )
        if done.returncode:
            raise SystemExit(f"coffer {' '.join(words)} ended with code {done.returncode}: {done.stderr}")
        return done.stdout

    def gains(self, method, *options):
        """The gains report with amounts as fractions; a report with problems ends the check."""
        words = ("gains", "--method", method, "--scope", "universal", "--currency", self.currency, "--json")
        report = json.loads(self.run(*words, *options))
        if report["problems"]:
            raise SystemExit(f"coffer gains --method {method} has problems: {report['problems'][:3]}")
        shown = json.loads(self.run("config", "show", "--json"))["settings"]
        report["settings"] = {setting["key"]: setting["value"] for setting in shown}
        for disposal in report["disposals"]:
            for key in ("quantity", "proceeds", "cost", "gain"):
                disposal[key] = Fraction(disposal[key])
            for lot in disposal["lots"]:
                lot["quantity"], lot["cost"] = Fraction(lot["quantity"]), Fraction(lot["cost"])
        for year in report["by_year"]:
            for key in ("proceeds", "cost", "gain", "short_term", "long_term"):
                year[key] = Fraction(year[key])
        for income in report["income"]:
            income["value"] = Fraction(income["value"])
        return report

    @staticmethod
    def knows(binary, method):
        """Whether the help of `coffer gains` lists a method, and a time zone to count days in."""
        done = subprocess.run([binary, "gains", "--help"], capture_output=True, text=True, check=False)
        return done.returncode == 0 and method in done.stdout and "--timezone" in done.stdout
