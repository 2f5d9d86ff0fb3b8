#!/usr/bin/env python3
"""Has public tools check the OpenAPI document and the server that it describes.

Usage: api_check.py [--examples N] [--seed N] [--spoil] [--coffer PATH] [--python PATH]

  --examples N  requests that schemathesis makes up for each operation (default 20), beside those of its coverage phase
  --seed N      the seed of the requests (default 1)
  --spoil       first make the document say what is not so, which must be found: proves that the check can fail
  --coffer PATH the program (default: COFFER_BINARY, else .build/release/coffer)
  --python PATH the Python that has schemathesis (default: what Scripts/fetch-peers made)

openapi-spec-validator reads the document; schemathesis sends requests made from it, good and bad ones, to a server on a
seeded folder, and follows its links. What must not be: an answer of 500 or more, a status, media type, header or body that
the document does not have, a request taken without its token, bad data taken, good data refused, a method taken that is
not there.

Exit codes: 0 nothing found, 1 something found, 2 wrong command line.
"""

import argparse
import contextlib
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
}
# What another API's token opens; Scripts/peers/cryptfolio_client.py walks it.
OTHER_TOKEN = "^/api/(?!v1/portfolio)"
# A key that is used again for another request is refused, wherever one is taken.
KEY_STATUS = "422"


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
    users = json.loads(run(seed))["users"]
    with served(options, folder) as base:
        document = folder / "openapi.json"
        document.write_bytes(fetch(base + "/openapi.json"))
        printed = run([options.coffer, "openapi"])
        if printed.rstrip(b"\n") != document.read_bytes():
            print("api_check: coffer openapi prints something else than the server answers")
            return 1
        if options.spoil:
            document.write_text(json.dumps(spoiled(json.loads(document.read_text()))))
        validator = [options.python, "-m", "openapi_spec_validator", document]
        if subprocess.run(validator, check=False).returncode != 0:
            return 1
        write_settings(folder, users[0], json.loads(document.read_text()))
        command = [
            options.python, "-m", "schemathesis.cli", "--config-file", folder / "schemathesis.toml", "run", document,
            "--url", base, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(options.examples),
            "--checks", "all", "--seed", str(options.seed), "--generation-database", "none", "--continue-on-failure",
            "--no-color", "--request-timeout", "20", "--warnings", "off", "--exclude-path-regex", OTHER_TOKEN,
        ]
        return 0 if subprocess.run(command, check=False, cwd=folder).returncode == 0 else 1


def run(command):
    """What a command of Coffer prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=ENVIRONMENT).stdout


@contextlib.contextmanager
def served(options, folder):
    """A server on the folder's data; its address."""
    with open(folder / "serve.log", "w+", encoding="utf-8") as log:
        words = [options.coffer, "serve", "--no-limits", "--data", folder / "data", "--listen", "127.0.0.1:0"]
        server = subprocess.Popen([*words, "--admin-listen", "off"], stdout=log, stderr=log, env=ENVIRONMENT)
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


def fetch(url):
    """The body of an answer."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read()


def write_settings(folder, user, described):
    """The settings of schemathesis: the token of a user, its id where one is asked for, what forms cannot say."""
    lines = [
        "[headers]",
        f'Authorization = "Bearer {user["bitcain"]["token"]}"',
        "[parameters]",
        f'"query.user_id" = "{user["user_id"]}"',
    ]
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    for operation in operations:
        statuses = BEYOND_SCHEMA.get(operation["operationId"], [])
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", [])):
            statuses = sorted({*statuses, KEY_STATUS})
        if not statuses:
            continue
        usual = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
        lines += [
            "[[operations]]",
            f'include-operation-id = "{operation["operationId"]}"',
            f"checks.positive_data_acceptance.expected-statuses = {json.dumps(usual + statuses)}",
        ]
    (folder / "schemathesis.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def spoiled(document):
    """The document with a key that is never there, a token that is not asked for, and without a status that is answered."""
    document["components"]["schemas"]["Balance"]["required"].append("colour")
    del document["paths"]["/api/v1/portfolio/aggregate"]["get"]["responses"]["401"]
    document["paths"]["/api/v1/portfolio/health"]["get"]["security"] = [{"HTTPBearer": []}]
    return document


if __name__ == "__main__":
    sys.exit(main())
