"""Walks every endpoint of bitcain's portfolio API as a client would that knows its page and nothing of Coffer.

    python3 bitcain_client.py http://127.0.0.1:8080

It signs up, sends its token on every call, and checks statuses, keys and kinds of values as the page shows them.
Only Python's own library is used, so that it runs wherever Python does. Exit code 0 when everything is as it should be.
"""

import json
import re
import sys
import urllib.error
import urllib.request
import uuid

ROOT = sys.argv[1].rstrip("/")
BASE = ROOT + "/api/v1/portfolio"
calls = set()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


opener = urllib.request.build_opener(NoRedirect)


def call(method, url, token=None, body=None, headers=None, status=200, name=None):
    """Sends a request and returns the answer's JSON, or its text; the status must be the one that is expected."""
    data = None
    headers = dict(headers or {})
    if token:
        headers["Authorization"] = "Bearer " + token
    if isinstance(body, bytes):
        data = body
    elif body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with opener.open(request, timeout=60) as answer:
            found, text, kind = answer.status, answer.read(), answer.headers.get("Content-Type", "")
    except urllib.error.HTTPError as error:
        found, text, kind = error.code, error.read(), error.headers.get("Content-Type", "")
    if found != status:
        raise SystemExit(f"{method} {url}: {found} instead of {status}: {text[:300]!r}")
    if name:
        calls.add(name)
    return json.loads(text) if kind.startswith("application/json") else text.decode()


def check(condition, words):
    if not condition:
        raise SystemExit("not as the page has it: " + words)


AMOUNT = re.compile(r"^-?\d+(\.\d+)?$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")


def shaped(value, shape, place):
    """Checks a value against a shape: a kind of text, a type, a list of one shape, or a dictionary of shapes."""
    if shape == "amount":
        check(isinstance(value, str) and AMOUNT.match(value), f"{place}: {value!r} is no amount")
    elif shape == "amount?":
        check(value is None or AMOUNT.match(value), f"{place}: {value!r} is neither an amount nor null")
    elif shape == "time":
        check(isinstance(value, str) and TIME.match(value), f"{place}: {value!r} is no time")
    elif shape == "time?":
        check(value is None or TIME.match(value), f"{place}: {value!r} is neither a time nor null")
    elif shape == "id":
        check(str(uuid.UUID(value)) == value, f"{place}: {value!r} is no id")
    elif shape == "id?":
        check(value is None or str(uuid.UUID(value)) == value, f"{place}: {value!r} is no id")
    elif isinstance(shape, list):
        check(isinstance(value, list), f"{place} is no list")
        for index, element in enumerate(value):
            shaped(element, shape[0], f"{place}[{index}]")
    elif isinstance(shape, dict):
        check(isinstance(value, dict), f"{place} is no object")
        for key, inner in shape.items():
            check(key in value, f"{place} lacks {key}")
            shaped(value[key], inner, f"{place}.{key}")
    elif shape is not None:
        check(isinstance(value, shape), f"{place}: {value!r} is no {shape}")


PORTFOLIO = {
    "portfolio_id": "id", "user_id": "id", "name": str, "description": None, "total_value_usd": "amount",
    "target_allocations": dict, "current_allocations": dict, "last_rebalanced_at": "time?", "is_active": bool,
    "created_at": "time", "updated_at": "time", "risk_tolerance": str, "status": str, "is_default": bool,
    "total_return": "amount", "total_return_percentage": "amount?", "tags": [str],
}
SNAPSHOT = {
    "id": "id", "user_id": "id", "portfolio_id": "id?", "total_value": "amount", "currency": str, "recorded_at": "time",
    "created_at": "time", "metadata": dict,
}
PERFORMANCE = {
    "period_start": "time", "period_end": "time", "timeframe": str, "starting_value": "amount", "ending_value": "amount",
    "current_value": "amount", "highest_value": "amount", "lowest_value": "amount", "absolute_change": "amount",
    "absolute_gain": "amount", "percentage_change": "amount?", "percentage_gain": "amount?", "is_profitable": bool,
    "return_rate": "amount?", "max_drawdown": "amount?", "volatility": "amount?", "total_data_points": int, "currency": str,
}
SIGNED_IN = {
    "success": bool, "user": {"id": "id", "email": str, "email_confirmed_at": None},
    "session": {"access_token": str, "refresh_token": str, "expires_at": "time"}, "error": None,
}
CSV = (
    "You can use this transaction report to inform your likely tax obligations.\n\nTransactions\nUser,ada,1\n\n"
    "Timestamp,Transaction Type,Asset,Quantity Transacted,Spot Price Currency,Spot Price at Transaction,Subtotal,"
    "Total (inclusive of fees and/or spread),Fees and/or Spread,Notes\n"
    "2024-01-02T03:04:05Z,Buy,BTC,0.5,USD,42000,21000,21100,100,Bought 0.5 BTC\n"
    "2024-02-03T04:05:06Z,Sell,BTC,0.1,USD,43000,4300,4280,20,Sold 0.1 BTC\n"
)


def upload(text):
    boundary = "----client"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{text}\r\n--{boundary}--\r\n"
    )
    return body.encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def sign_in():
    email = f"{uuid.uuid4()}@example.org"
    credentials = {"email": email, "password": "correct horse battery"}
    made = call("POST", ROOT + "/auth/signup", body=credentials, status=201, name="signup")
    shaped(made, SIGNED_IN, "signup")
    entered = call("POST", ROOT + "/auth/login", body=credentials, name="login")
    shaped(entered, SIGNED_IN, "login")
    next_pair = call(
        "POST", ROOT + "/auth/refresh", body={"refresh_token": entered["session"]["refresh_token"]}, name="refresh tokens"
    )
    shaped(next_pair, SIGNED_IN, "refresh")
    token = next_pair["session"]["access_token"]
    me = call("GET", ROOT + "/auth/me", token, name="me")
    check(me["user"]["id"] == made["user"]["id"] and me["user"]["email"] == email, "me is who signed up")
    wrong = dict(credentials, password="wrong horse battery")
    check(call("POST", ROOT + "/auth/login", body=wrong, status=401)["detail"], "a wrong password has its words")
    return token, me["user"]["id"]


def account_level(token):
    health = call("GET", BASE + "/health", token, name="health")
    shaped(health, {"status": str, "service": str, "timestamp": "time"}, "health")
    body, headers = upload(CSV)
    dry = call("POST", BASE + "/ingest/csv?dry_run=true", token, body, headers, name="ingest csv")
    check(dry["success"] and dry["dry_run"] and dry["rows_total"] == 2, "a dry run counts the rows")
    real = call("POST", BASE + "/ingest/csv", token, body, headers)
    shaped(
        real, {"success": bool, "dry_run": bool, "rows_total": int, "rows_parsed": int, "rows_inserted": int,
               "duplicates_skipped": int, "errors": list}, "ingest",
    )
    check(real["rows_inserted"] == 2, "both rows are new")
    check(call("POST", BASE + "/ingest/csv", token, body, headers)["rows_inserted"] == 0, "and then they are there")
    balances = call("GET", BASE + "/balances?exchange=coinbase", token, name="balances")
    shaped(
        balances, {"success": bool, "exchange": str, "total_value_usd": "amount", "timestamp": "time",
                   "balances": [{"asset": str, "free": "amount", "locked": "amount", "total": "amount",
                                 "price_usd": "amount?", "value_usd": "amount?"}]}, "balances",
    )
    check({b["asset"]: b["total"] for b in balances["balances"]}.get("BTC") == "0.4", "0.4 BTC are left")
    check(call("GET", BASE + "/balances", token)["exchange"] == "binanceus", "binanceus is the standard venue")
    aggregate = call("GET", BASE + "/aggregate", token, name="aggregate")
    shaped(
        aggregate, {"success": bool, "total_value_usd": "amount", "timestamp": "time",
                    "exchanges": [{"exchange": str, "total_value_usd": "amount", "asset_count": int}],
                    "assets": [{"asset": str, "quantity": "amount", "price_usd": "amount?", "value_usd": "amount?",
                                "allocation": "amount?"}]}, "aggregate",
    )
    basis = call("GET", BASE + "/cost-basis", token, name="cost basis")
    shaped(
        basis, {"success": bool, "method": str,
                "positions": [{"asset": str, "quantity": "amount", "cost_basis_usd": "amount",
                               "average_cost_usd": "amount?", "market_value_usd": "amount?",
                               "unrealized_pnl_usd": "amount?", "unrealized_pnl_percentage": "amount?",
                               "realized_pnl_usd": "amount"}],
                "totals": {"cost_basis_usd": "amount", "realized_pnl_usd": "amount"}}, "cost-basis",
    )
    lots = call("GET", BASE + "/cost-basis/lots", token, name="lots")
    shaped(
        lots, {"success": bool, "count": int,
               "lots": [{"lot_id": str, "asset": str, "acquired_at": "time", "quantity": "amount",
                         "remaining_quantity": "amount", "unit_cost_usd": "amount", "cost_basis_usd": "amount",
                         "source": str, "is_closed": bool}]}, "lots",
    )
    check(lots["count"] == len(lots["lots"]) == 1, "one lot was opened")
    rebuilt = call("POST", BASE + "/cost-basis/lots/rebuild", token, name="rebuild")
    shaped(
        rebuilt, {"success": bool, "lots_created": int, "disposals_matched": int, "unmatched_disposals": int,
                  "rebuilt_at": "time"}, "rebuild",
    )
    backfill = call("POST", BASE + "/ingest/backfill?dry_run=true&max_pages=1", token, name="backfill")
    shaped(
        backfill, {"success": bool, "source": str, "dry_run": bool, "pages_fetched": int, "events_found": int,
                   "events_inserted": int, "duplicates_skipped": int, "errors": list}, "backfill",
    )
    refreshed = call("POST", BASE + "/refresh", token, name="refresh")
    shaped(refreshed, {"success": bool, "refreshed_at": "time", "total_value_usd": "amount"}, "refresh")
    days = call("GET", BASE + "/value-history?days=7", token, name="value history")
    shaped(days, {"success": bool, "days": int, "currency": str, "points": [{"date": str, "total_value_usd": "amount"}]}, "days")
    check(len(days["points"]) == 7, "seven days were asked for")


def portfolios(token, user):
    draft = {
        "name": "Savings", "description": "for later", "target_allocations": {"BTC": 0.25, "USD": 0.75},
        "risk_tolerance": "aggressive", "initial_value_usd": "1000", "tags": ["calm"],
    }
    made = call("POST", f"{BASE}/?user_id={user}", token, draft, {"Idempotency-Key": "client-1"}, status=201, name="create")
    shaped(made, PORTFOLIO, "create")
    check(made["target_allocations"] == draft["target_allocations"] and made["tags"] == ["calm"], "fields come back")
    check(made["total_value_usd"] == "1000", "the initial value is there")
    again = call("POST", f"{BASE}/?user_id={user}", token, draft, {"Idempotency-Key": "client-1"}, status=201)
    check(again == made, "a request sent again is answered as the first")
    call("POST", f"{BASE}/?user_id={user}", token, draft, status=409)
    one = f"{BASE}/{made['portfolio_id']}"
    listed = call("GET", f"{BASE}/?user_id={user}&limit=10&offset=0&active_only=true", token, name="list")
    shaped(listed, [PORTFOLIO], "list")
    check([p["name"] for p in listed][-1] == "Savings", "the list has it")
    read = call("GET", f"{one}?user_id={user}", token, name="get")
    # Seconds have gone by: nothing was gained, which at the first instant had no rate.
    check({**read, "total_return_percentage": made["total_return_percentage"]} == made, "it is read as it was made")
    changed = call("PUT", f"{one}?user_id={user}", token, {"name": "Rainy days", "is_active": False}, name="update")
    shaped(changed, PORTFOLIO, "update")
    check(changed["name"] == "Rainy days" and changed["status"] == "inactive", "it is changed")
    check(changed["description"] == "for later", "what was not named stays")
    analytics = call("GET", f"{one}/analytics?user_id={user}", token, name="analytics")
    shaped(
        analytics, {"portfolio_id": "id", "total_value_usd": "amount", "allocation_drift": dict, "rebalance_needed": bool,
                    "total_return": "amount", "total_return_percentage": "amount?", "volatility": "amount?",
                    "max_drawdown": "amount?", "sharpe_ratio": "amount?"}, "analytics",
    )
    for query in ["", "?timeframe=1D", f"?timeframe=ALL&portfolio_id={made['portfolio_id']}", "?timeframe=1Y&currency=EUR"]:
        shaped(call("GET", BASE + "/history" + query, token, name="history"), [SNAPSHOT], "history" + query)
        shaped(call("GET", BASE + "/history/performance" + query, token, name="performance"), PERFORMANCE, "performance" + query)
        shaped(call("GET", BASE + "/history/export" + query, token, name="export"), [SNAPSHOT], "export" + query)
    table = call("GET", BASE + "/history/export?timeframe=1W", token, headers={"Accept": "text/csv"})
    check(table.startswith("recorded_at,portfolio_id,total_value,currency\r\n"), "an export is CSV where that is asked for")
    call("DELETE", f"{one}?user_id={user}", token, status=409)
    call("DELETE", f"{one}?user_id={user}&force=true", token, status=204, name="delete")
    call("GET", one, token, status=404)


def errors(token, user):
    check(call("GET", BASE + "/aggregate", status=401) == {"detail": "Not authenticated"}, "a token is needed")
    check(call("GET", BASE + "/aggregate", "x", status=401) == {"detail": "Invalid or expired token"}, "a good one")
    check(call("GET", BASE + "/no/such/path", token, status=404) == {"detail": "Not Found"}, "no route")
    call("PATCH", BASE + "/aggregate", token, status=405)
    call("GET", f"{BASE}?user_id={user}", token, status=307)
    detail = call("GET", BASE + "/value-history?days=0", token, status=422)["detail"]
    shaped(detail, [{"loc": list, "msg": str, "type": str}], "validation")
    other = str(uuid.uuid4())
    call("POST", f"{BASE}/?user_id={other}", token, {"name": "x", "target_allocations": {"BTC": 1}}, status=403)
    call("GET", f"{BASE}/{other}", token, status=404)


token, user = sign_in()
account_level(token)
portfolios(token, user)
errors(token, user)
print(f"{len(calls)} endpoints: {', '.join(sorted(calls))}")
if len(calls) != 19 + 4:
    raise SystemExit("the walk leaves something out")
