#!/usr/bin/env python3
"""Has public tools check the OpenAPI document and the server that it describes.

Usage: api_check.py [--examples N] [--seed N] [--spoil] [--coffer PATH] [--python PATH]

  --examples N  requests that schemathesis makes up for each operation (default 20), beside those of its coverage phase
  --seed N      the seed of the requests (default 1)
  --spoil       first make the document say what is not so, which must be found: proves that the check can fail
  --coffer PATH the program (default: COFFER_BINARY, else .build/release/coffer)
  --python PATH the Python that has schemathesis (default: what Scripts/fetch-peers made)

openapi-spec-validator reads the documents; schemathesis sends requests made from them, good and bad ones, to a server on a
seeded folder, and follows their links: bitcain's API, CryptFolio's in both of its revisions with an access token of OAuth,
the users of an administrator, and what operators manage. What must not be: an answer of 500 or more, a status, media type,
header or body that the document does not have, a request taken without its token, bad data taken, good data refused, a
method taken that is not there.

Exit codes: 0 nothing found, 1 something found, 2 wrong command line.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# What the document cannot say of good data, by operation: the statuses that it may get beside those of success.
BEYOND_SCHEMA = {
    # The bytes made up for the file are no CSV, and the names of further fields no names.
    "ingest_coinbase_csv": ["400", "422"],
    # Shares must sum to one, and a currency must be one that is known.
    "create_portfolio": ["422"],
    "update_portfolio": ["422"],
    "get_portfolio_history": ["400"],
    "get_portfolio_performance": ["400"],
    "export_portfolio_history": ["400"],
    # There are two sources, which the published page does not name.
    "backfill_ingest": ["400"],
    # Names, addresses and redirects have rules beyond their form.
    "operators_user_add": ["422"],
    "operators_user_change": ["422"],
    "operators_client_add": ["422"],
    "operators_client_change": ["422"],
    # An operation without a document names one that was sent before; a parameter holds JSON.
    "trustvault_graphql": ["400"],
    "trustvault_graphql_get": ["400"],
}
# Who asks for which routes; each part has a token of its own.
CRYPTFOLIO = "^/api/(?!v1/|users)"
MANAGED_USERS = "^/api/users"
OPERATORS = "^/(users|clients|quotas|metrics)"
GRAPHQL = "^/graphql"
# A key that is used again for another request is refused, wherever one is taken.
KEY_STATUS = "422"
# Names of further fields may hold brackets that do not close, and currencies may be none that is known.
BEYOND_FORMS = {"400", "422"}
# What operators show on their listener.
OPERATORS_TOKEN = "for-this-check-alone"


# Without settings from outside; a password costs as little as is allowed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("COFFER_")} | {
    "COFFER_PASSWORD_MEMORY": "19MiB",
    "COFFER_PASSWORD_PASSES": "2",
}


def main():
    """Checks; the exit code."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--examples", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spoil", action="store_true")
    parser.add_argument("--coffer", default=os.environ.get("COFFER_BINARY", str(ROOT / ".build/release/coffer")))
    parser.add_argument("--python", default=str(ROOT / ".build/peers/bin/python"))
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    for path, remedy in ((options.coffer, "./run --once"), (options.python, "Scripts/fetch-peers schemathesis")):
        if not os.access(path, os.X_OK):
            print(f"api_check: {path} is not there; {remedy} makes it", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="coffer-api-") as folder:
        return check(options, pathlib.Path(folder))


def check(options, folder):
    """Checks in a folder of its own; the exit code."""
    seed = [options.coffer, "seed", "--users", "2", "--entries", "200", "--data", folder / "data", "--json"]
    seeded = json.loads(run(seed))
    user, admin = seeded["users"][0], seeded["admin"]
    ENVIRONMENT.update({"COFFER_CRYPTFOLIO_PORT_2019": "0", "COFFER_ADMIN_TOKEN": OPERATORS_TOKEN})
    with served(options, folder, operators="127.0.0.1:0") as base:
        beside, operators = (said_address(folder / "serve.log", word) for word in ("cryptfolio", "metrics"))
        documents = {}
        for name, address in (("2018-01", base), ("2019-03", beside)):
            documents[name] = folder / f"openapi-{name}.json"
            documents[name].write_bytes(fetch(address + "/openapi.json"))
        printed = run([options.coffer, "openapi"])
        if printed.rstrip(b"\n") != documents["2018-01"].read_bytes():
            print("api_check: coffer openapi prints something else than the server answers")
            return 1
        if options.spoil:
            document = documents["2018-01"]
            document.write_text(json.dumps(spoiled(json.loads(document.read_text()))))
        for document in documents.values():
            validator = [options.python, "-m", "openapi_spec_validator", document]
            if subprocess.run(validator, check=False).returncode != 0:
                return 1
        access, managing = user["cryptfolio"]["access_token"], admin["cryptfolio"]["access_token"]
        both = (("2018-01", base), ("2019-03", beside))
        parts = [Part("2018-01", base, user["bitcain"]["token"], excluded="|".join((CRYPTFOLIO, MANAGED_USERS, OPERATORS, GRAPHQL)),
                      values={"query.user_id": user["user_id"]})]
        parts.append(Part("2018-01", base, user["trustvault"]["api_key"], GRAPHQL, header="x-api-key", scheme=""))
        # What is asked for is fixed, so it is not what was made just before.
        parts += [Part(name, address, access, CRYPTFOLIO, made=things(address, name, access),
                       without="ensure_resource_availability") for name, address in both]
        # These change and remove users, so they come last. The path for making one is also that of a user who is not there.
        parts += [Part(name, address, managing, MANAGED_USERS, without="unsupported_method") for name, address in both]
        parts.append(Part("2018-01", operators.removesuffix("/metrics"), OPERATORS_TOKEN, OPERATORS))
        # A part that finds something does not keep the others from being asked.
        return max([part.send(options, folder, documents[part.name]) for part in parts])


@dataclasses.dataclass
class Part:
    """The routes that one token opens on one listener."""

    name: str
    base: str
    token: str
    included: str = ""
    excluded: str = ""
    values: dict = dataclasses.field(default_factory=dict)
    made: dict = dataclasses.field(default_factory=dict)
    without: str = ""
    header: str = "Authorization"
    scheme: str = "Bearer "

    def send(self, options, folder, document):
        """Sends requests made from a document; 0 when nothing was found."""
        print(f"api_check: {self.included or 'what others do not include'} in the document with {self.name}", flush=True)
        self.write_settings(folder, json.loads(document.read_text()))
        command = [
            options.python, "-m", "schemathesis.cli", "--config-file", folder / "schemathesis.toml", "run", document,
            "--url", self.base, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(options.examples),
            "--checks", "all", "--seed", str(options.seed), "--generation-database", "none", "--continue-on-failure",
            "--no-color", "--request-timeout", "20", "--warnings", "off",
        ]
        command += ["--include-path-regex", self.included] if self.included else []
        command += ["--exclude-path-regex", self.excluded] if self.excluded else []
        command += ["--exclude-checks", self.without] if self.without else []
        return 0 if subprocess.run(command, check=False, cwd=folder).returncode == 0 else 1

    def write_settings(self, folder, described):
        """The settings of schemathesis: the token, what is there to be asked for, what forms cannot say."""
        lines = ["[headers]", f'{self.header} = "{self.scheme}{self.token}"']
        if self.values:
            lines += ["[parameters]", *(f'"{name}" = "{value}"' for name, value in self.values.items())]
        for path, operations in described["paths"].items():
            for operation in operations.values():
                if "operationId" in operation:
                    lines += self.operation_settings(path, operation)
        (folder / "schemathesis.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def operation_settings(self, path, operation):
        """What is set for one operation."""
        name = operation["operationId"]
        statuses = {*BEYOND_SCHEMA.get(name, [])}
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", [])):
            statuses.add(KEY_STATUS)
        if name.startswith("cryptfolio_") and "requestBody" in operation:
            statuses |= BEYOND_FORMS
        lines = []
        if statuses:
            usual = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
            lines.append(f"checks.positive_data_acceptance.expected-statuses = {json.dumps(usual + sorted(statuses))}")
        # What is deleted is made up, so that what is there stays.
        if self.made and "_delete" not in name:
            for plural, number in self.made.items():
                if plural == "portfolios" and "{portfolio_id}" in path:
                    lines.append(f'parameters."path.portfolio_id" = {number}')
                elif f"/{plural}/{{id}}" in path:
                    lines.append(f'parameters."path.id" = {number}')
        return ["[[operations]]", f'include-operation-id = "{name}"', *lines] if lines else []


def things(base, revision, token):
    """The numbers of a portfolio and of an address, an account and an offset in it, by what paths call them."""
    portfolio = json.loads(fetch(base + "/api/portfolios", token))["result"][0]["id"]
    path = f"{base}/api/portfolios/{portfolio}"
    accounts = json.loads(fetch(path + "/accounts", token))["result"]
    if revision == "2018-01":
        accounts = accounts["accounts"]
    # The address has a slip in it: one that is to be read would not be ready, as nobody is asked about it here.
    made = {"portfolios": portfolio, "accounts": accounts[0]["id"]}
    for plural, fields in (
        ("addresses", {"title": "Mine", "address": "1BoatSLRHtKNngkdXEeobR76b53LETtpyU", "currency": "btc"}),
        ("offsets", {"title": "Attic", "balances": [{"currency": "btc", "balance": "1"}]}),
    ):
        made[plural] = json.loads(fetch(f"{path}/{plural}", token, fields))["result"]["id"]
    return made


def run(command):
    """What a command of Coffer prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=ENVIRONMENT).stdout


@contextlib.contextmanager
def served(options, folder, operators="off"):
    """A server on the folder's data; its address."""
    with open(folder / "serve.log", "w+", encoding="utf-8") as log:
        words = [options.coffer, "serve", "--no-limits", "--data", folder / "data", "--listen", "127.0.0.1:0"]
        server = subprocess.Popen([*words, "--admin-listen", operators], stdout=log, stderr=log, env=ENVIRONMENT)
        try:
            base = address(server, folder / "serve.log")
            for _ in range(500):
                with contextlib.suppress(OSError):
                    fetch(base + "/readyz")
                    break
                time.sleep(0.02)
            yield base
        finally:
            server.terminate()
            code = server.wait(30)
            said = [line for line in (folder / "serve.log").read_text().splitlines() if "failed" in line]
            print("\n".join(said), end="\n" if said else "")
            if code != 0:
                raise SystemExit(f"api_check: the server ended with {code}")


def address(server, log):
    """Where the server says that it listens."""
    for _ in range(1000):
        for line in log.read_text().splitlines():
            if line.strip().startswith("listening"):
                return line.split()[1]
        if server.poll() is not None:
            break
        time.sleep(0.01)
    raise SystemExit("api_check: the server did not start: " + log.read_text())


def said_address(log, word):
    """The address in the line that begins with a word."""
    for _ in range(500):
        for line in log.read_text().splitlines():
            if line.strip().startswith(word):
                return line.split()[1]
        time.sleep(0.01)
    raise SystemExit(f"api_check: the server names no {word}: " + log.read_text())


def fetch(url, token=None, fields=None):
    """The body of an answer; fields are sent as JSON."""
    request = urllib.request.Request(url, data=None if fields is None else json.dumps(fields).encode())
    if token:
        request.add_header("Authorization", "Bearer " + token)
    if fields is not None:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def spoiled(document):
    """The document with a key that is never there, a token that is not asked for, and without a status that is answered."""
    document["components"]["schemas"]["Balance"]["required"].append("colour")
    del document["paths"]["/api/v1/portfolio/aggregate"]["get"]["responses"]["401"]
    document["paths"]["/api/v1/portfolio/health"]["get"]["security"] = [{"HTTPBearer": []}]
    return document


if __name__ == "__main__":
    sys.exit(main())
