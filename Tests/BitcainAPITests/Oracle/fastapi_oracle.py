"""Records what FastAPI answers to requests for bitcain's routes.

The routes below have the signatures of the published API. Each case is given to the application as an ASGI scope,
so no server runs and nothing between the bytes and the framework can change them. The answers are written to
`fastapi.json`, with which the Swift tests compare ours; only whoever records them again needs Python:

    python3.13 -m venv venv
    venv/bin/pip install fastapi==0.163.2 starlette==1.10.0 pydantic==2.14.3 python-multipart==0.0.34
    venv/bin/python fastapi_oracle.py > fastapi.json

Python's own version matters too: its words for JSON that cannot be read change from one to the next.
"""

import asyncio
import json
import platform
import sys
from decimal import Decimal
from enum import Enum
from importlib.metadata import version
from typing import Dict, List, Optional
from urllib.parse import unquote

from fastapi import APIRouter, Depends, FastAPI, File, HTTPException, Query, UploadFile
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field, field_validator

TOKEN = "good"
bearer = HTTPBearer()


def user(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> str:
    if credentials.credentials != TOKEN:
        raise HTTPException(401, "Invalid or expired token", headers={"WWW-Authenticate": "Bearer"})
    return "user"


router = APIRouter(prefix="/api/v1/portfolio")


@router.get("/health")
def health() -> dict:
    return {}


@router.get("/balances")
def balances(exchange: str = Query("binanceus"), user: str = Depends(user)) -> dict:
    return {"exchange": exchange}


@router.get("/aggregate")
def aggregate(user: str = Depends(user)) -> dict:
    return {}


@router.get("/cost-basis")
def cost_basis(user: str = Depends(user)) -> dict:
    return {}


@router.get("/cost-basis/lots")
def lots(user: str = Depends(user)) -> dict:
    return {}


@router.post("/cost-basis/lots/rebuild")
def rebuild(user: str = Depends(user)) -> dict:
    return {}


@router.post("/ingest/csv")
def ingest(file: UploadFile = File(...), dry_run: bool = Query(False), user: str = Depends(user)) -> dict:
    return {"dry_run": dry_run}


class Timeframe(str, Enum):
    DAY = "1D"
    WEEK = "1W"
    MONTH = "1M"
    QUARTER = "3M"
    YEAR = "1Y"
    ALL = "ALL"


class Risk(str, Enum):
    CONSERVATIVE = "conservative"
    MODERATE = "moderate"
    AGGRESSIVE = "aggressive"


def sums_to_one(shares):
    if shares is not None and not abs(sum(shares.values()) - 1) <= 0.001:
        raise ValueError("Target allocations must sum to 1.0")
    return shares


class Create(BaseModel):
    name: str = Field(..., min_length=1, max_length=100)
    description: Optional[str] = Field(None, max_length=2000)
    target_allocations: Dict[str, float] = Field(..., max_length=100)
    risk_tolerance: Risk = Risk.MODERATE
    is_active: bool = True
    is_default: bool = False
    initial_value_usd: Optional[Decimal] = Field(Decimal("0"), ge=0, lt=Decimal(10) ** 20, decimal_places=18)
    tags: List[str] = Field(default_factory=list, max_length=50)

    @field_validator("target_allocations")
    @classmethod
    def check(cls, shares):
        return sums_to_one(shares)


class Update(BaseModel):
    name: Optional[str] = Field(None, min_length=1, max_length=100)
    description: Optional[str] = Field(None, max_length=2000)
    target_allocations: Optional[Dict[str, float]] = Field(None, max_length=100)
    risk_tolerance: Optional[Risk] = None
    is_active: Optional[bool] = None
    tags: Optional[List[str]] = Field(None, max_length=50)

    @field_validator("target_allocations")
    @classmethod
    def check(cls, shares):
        return sums_to_one(shares)


class Credentials(BaseModel):
    email: str = Field(..., min_length=1, max_length=254)
    password: str = Field(..., min_length=8, max_length=1024)


class Refresh(BaseModel):
    refresh_token: str = Field(..., max_length=256)


@router.post("/ingest/backfill")
def backfill(
    source: str = Query("trade_history_sync"),
    dry_run: bool = Query(False),
    max_pages: int = Query(3, ge=1, le=25),
    user: str = Depends(user),
) -> dict:
    return {"dry_run": dry_run}


@router.post("/refresh")
def refresh(user: str = Depends(user)) -> dict:
    return {}


@router.get("/value-history")
def value_history(days: int = Query(30, ge=1, le=365), user: str = Depends(user)) -> dict:
    return {"days": days}


@router.get("/history")
def history(
    timeframe: Timeframe = Query(Timeframe.MONTH),
    portfolio_id: Optional[str] = Query(None),
    currency: str = Query("USD"),
    user: str = Depends(user),
):
    return {}


@router.get("/history/performance")
def performance(
    timeframe: Timeframe = Query(Timeframe.MONTH),
    portfolio_id: Optional[str] = Query(None),
    currency: str = Query("USD"),
    user: str = Depends(user),
) -> dict:
    return {"timeframe": timeframe}


@router.get("/history/export")
def export(
    timeframe: Timeframe = Query(Timeframe.MONTH),
    portfolio_id: Optional[str] = Query(None),
    currency: str = Query("USD"),
    user: str = Depends(user),
):
    return {}


MISSING = HTTPException(404, "Portfolio not found")


@router.get("/")
def portfolios(
    user_id: str = Query(...),
    active_only: bool = Query(True),
    limit: int = Query(50, ge=1, le=100),
    offset: int = Query(0, ge=0),
):
    return {}


@router.post("/", status_code=201)
def create(body: Create, user_id: str = Query(...), user: str = Depends(user)) -> dict:
    return {"name": body.name, "description": body.description, "is_active": body.is_active, "tags": body.tags}


@router.get("/{portfolio_id}")
def portfolio(portfolio_id: str, user_id: Optional[str] = Query(None)) -> dict:
    raise MISSING


@router.put("/{portfolio_id}")
def update(portfolio_id: str, body: Update, user_id: str = Query(...), user: str = Depends(user)) -> dict:
    raise MISSING


@router.delete("/{portfolio_id}", status_code=204)
def delete(
    portfolio_id: str, user_id: str = Query(...), force: bool = Query(False), user: str = Depends(user)
) -> None:
    raise MISSING


@router.get("/{portfolio_id}/analytics")
def analytics(portfolio_id: str, user_id: str = Query(...)) -> dict:
    raise MISSING


sign_in = APIRouter(prefix="/auth")


@sign_in.post("/signup", status_code=201)
def sign_up(body: Credentials) -> dict:
    return {"success": True}


@sign_in.post("/login")
def log_in(body: Credentials) -> dict:
    raise HTTPException(401, "Invalid email or password", headers={"WWW-Authenticate": "Bearer"})


@sign_in.post("/refresh")
def refresh_tokens(body: Refresh) -> dict:
    raise HTTPException(401, "Invalid or expired token", headers={"WWW-Authenticate": "Bearer"})


@sign_in.get("/me")
def me(user: str = Depends(user)) -> dict:
    return {"success": True}


app = FastAPI()
app.include_router(router)
app.include_router(sign_in)

BASE = "/api/v1/portfolio"
AUTH = ("Authorization", "Bearer " + TOKEN)
CSV = (
    "time,kind,in_amount,in_asset,account\r\n"
    "2024-01-02T03:04:05Z,income,1,BTC,Kraken\r\n"
)
MULTIPART = ("Content-Type", "multipart/form-data; boundary=b0undary")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")


def part(contents, name="file", filename="a.csv", extra="", disposition=None):
    if disposition is None:
        disposition = f'form-data; name="{name}"'
        if filename is not None:
            disposition += f'; filename="{filename}"'
    return f"--b0undary\r\nContent-Disposition: {disposition}\r\n{extra}\r\n{contents}\r\n"


def form(*parts):
    return "".join(parts) + "--b0undary--\r\n"


GOOD = form(part(CSV))
cases = []


def case(name, method, path, *headers, body=""):
    cases.append({"name": name, "method": method, "target": path, "headers": [list(h) for h in headers], "body": body})


def authorization(name, value):
    case(f"authorization: {name}", "GET", BASE + "/balances", ("Authorization", value))


def dry_run(query):
    case(f"dry_run: ?{query}", "POST", f"{BASE}/ingest/csv?{query}", AUTH, MULTIPART, body=GOOD)


def upload(name, body, *headers):
    case(f"upload: {name}", "POST", BASE + "/ingest/csv", AUTH, *headers, body=body)


READS = ["/balances", "/aggregate", "/cost-basis", "/cost-basis/lots"]

for path in READS + ["/health"]:
    case(f"GET {path} without a token", "GET", BASE + path)
    case(f"GET {path}", "GET", BASE + path, AUTH)
    case(f"GET {path}/ redirects", "GET", BASE + path + "/?a=1&b=%20", AUTH)
    for method in ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]:
        case(f"{method} {path}", method, BASE + path, AUTH)
for path in ["/cost-basis/lots/rebuild", "/ingest/csv"]:
    case(f"POST {path} without a token", "POST", BASE + path)
    case(f"POST {path}/ redirects", "POST", BASE + path + "/?dry_run=true", AUTH)
    for method in ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]:
        case(f"{method} {path}", method, BASE + path, AUTH)
case("POST /cost-basis/lots/rebuild", "POST", BASE + "/cost-basis/lots/rebuild", AUTH)
case("POST /cost-basis/lots/rebuild with a body", "POST", BASE + "/cost-basis/lots/rebuild", AUTH, JSON, body="[1")

for path in ["/nothing", "/health/more", "/Health", "/cost-basis/lot", "/ingest", "/ingest/csv/more", "/balances%2F"]:
    case(f"unknown route {path}", "GET", BASE + path, AUTH)
    case(f"unknown route {path} by POST", "POST", BASE + path)
case("escaped letters in a path", "GET", BASE + "/%68ealth")
case("unknown route outside", "GET", "/api/v1/portfolios")
case("repeated slashes", "GET", BASE + "//health")

for name, value in [
    ("empty", ""), ("only the scheme", "Bearer"), ("scheme and blank", "Bearer "), ("another scheme", "Basic abc"),
    ("no scheme", TOKEN), ("lower case", "bearer " + TOKEN), ("upper case", "BEARER " + TOKEN),
    ("two blanks", "Bearer  " + TOKEN), ("a tab", "Bearer\t" + TOKEN), ("blank behind", "Bearer " + TOKEN + " "),
    ("blank before", " Bearer " + TOKEN), ("wrong token", "Bearer bad"), ("two words", "Bearer good bad"),
    ("scheme run together", "Bearer" + TOKEN), ("scheme with a colon", "Bearer: " + TOKEN),
    ("token of another case", "Bearer Good"), ("longer scheme", "Bearers " + TOKEN), ("Token scheme", "Token " + TOKEN),
]:
    authorization(name, value)
case("authorization: twice, good first", "GET", BASE + "/balances", AUTH, ("Authorization", "Bearer bad"))
case("authorization: twice, bad first", "GET", BASE + "/balances", ("Authorization", "Bearer bad"), AUTH)
case("authorization: in the query", "GET", BASE + "/balances?access_token=" + TOKEN)
case("authorization before validation", "POST", BASE + "/ingest/csv?dry_run=maybe")
case("wrong token before validation", "POST", BASE + "/ingest/csv?dry_run=maybe", ("Authorization", "Bearer bad"))

for query in ["exchange=", "exchange", "exchange=a&exchange=b", "exchange=%C3%A9", "EXCHANGE=x", "exchange=a%20b+c"]:
    case(f"balances ?{query}", "GET", f"{BASE}/balances?{query}", AUTH)

for value in [
    "true", "True", "TRUE", "tRuE", "1", "yes", "YES", "on", "t", "y", "T", "Y", "false", "False", "0", "no", "off",
    "f", "n", "OFF", "N", "maybe", "2", "-1", "00", "01", "1.0", "0.0", "null", "None", "nil", "tru", "truee", "%20true",
    "true%20", "+true", "+1", "%09true", "tr%75e", "true%0A", "%EF%BC%91", "%C4%B1", "%FF", "%22true%22", "enable", "enabled",
    "ye", "%E2%84%AA", "1,0", "%00", "x%22%5C%2F%0A%E2%80%A8", "%F0%9F%98%80",
]:
    dry_run("dry_run=" + value)
for query in [
    "dry_run=", "dry_run", "dry_run=&", "&&dry_run=true&&", "dry_run=true&dry_run=false", "dry_run=false&dry_run=true",
    "dry_run=maybe&dry_run=true", "dry_run=true&dry_run=maybe", "dry_run=true&dry_run=", "dry_run[]=true",
    "DRY_RUN=maybe", "dry_run%20=maybe", "dry%5Frun=maybe", "other=1", "dry_run=true;dry_run=maybe", "dry_run=a=b",
]:
    dry_run(query)

upload("no body", "")
upload("no body, multipart", "", MULTIPART)
upload("no content type", GOOD)
upload("JSON body", '{"file": "x"}', JSON)
upload("broken JSON body", '{"file": ', JSON)
upload("plain text", "file=x", ("Content-Type", "text/plain"))
upload("csv as the body", CSV, ("Content-Type", "text/csv"))
upload("urlencoded field", "file=abc", FORM)
upload("urlencoded field with charset", "file=abc", ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"))
upload("urlencoded, upper case type", "file=abc", ("Content-Type", "Application/X-WWW-Form-Urlencoded"))
upload("urlencoded empty field", "file=", FORM)
upload("urlencoded name alone", "file", FORM)
upload("urlencoded twice", "file=a&file=b", FORM)
upload("urlencoded other field", "other=abc", FORM)
upload("urlencoded escapes", "file=a%20b+c%C3%A9%22", FORM)
upload("urlencoded, nothing", "", FORM)
upload("good", GOOD, MULTIPART)
upload("good, quoted boundary", GOOD, ("Content-Type", 'multipart/form-data; boundary="b0undary"'))
upload("good, upper case type", GOOD, ("Content-Type", "Multipart/Form-Data; Boundary=b0undary"))
upload("good, more parameters", GOOD, ("Content-Type", "multipart/form-data; charset=utf-8; boundary=b0undary"))
upload("good, a type of its own", form(part(CSV, extra="Content-Type: text/csv\r\n")), MULTIPART)
upload("other multipart", GOOD, ("Content-Type", "multipart/mixed; boundary=b0undary"))
upload("field instead of a file", form(part("abc", filename=None)), MULTIPART)
upload("empty field instead of a file", form(part("", filename=None)), MULTIPART)
upload("field that is not text", form(part("\xff\xfe", filename=None)), MULTIPART)
upload("empty file name", form(part(CSV, filename="")), MULTIPART)
upload("extended file name", form(part(CSV, disposition="form-data; name=\"file\"; filename*=UTF-8''a%20b.csv")), MULTIPART)
upload("unquoted names", form(part(CSV, disposition="form-data; name=file; filename=a.csv")), MULTIPART)
upload("file under another name", form(part(CSV, name="upload")), MULTIPART)
upload("file under another case", form(part(CSV, name="File")), MULTIPART)
upload("field beside the file", form(part("x", name="note", filename=None), part(CSV)), MULTIPART)
upload("file, then field of its name", form(part(CSV), part("x", filename=None)), MULTIPART)
upload("field of its name, then file", form(part("x", filename=None), part(CSV)), MULTIPART)
upload("two files", form(part(CSV), part(CSV, filename="b.csv")), MULTIPART)
upload("no boundary parameter", GOOD, ("Content-Type", "multipart/form-data"))
upload("empty boundary", GOOD, ("Content-Type", "multipart/form-data; boundary="))
upload("another boundary", GOOD, ("Content-Type", "multipart/form-data; boundary=other"))
upload("garbage", "garbage", MULTIPART)
upload("only the first boundary", "--b0undary\r\n", MULTIPART)
upload("only the last boundary", "--b0undary--\r\n", MULTIPART)
upload("cut in the contents", GOOD[:-30], MULTIPART)
upload("cut in the part head", "--b0undary\r\nContent-Dispo", MULTIPART)
upload("no final line end", GOOD[:-2], MULTIPART)
upload("preamble", "hello\r\n" + GOOD, MULTIPART)
upload("epilogue", GOOD + "bye", MULTIPART)
upload("bare line feeds", GOOD.replace("\r\n", "\n"), MULTIPART)
upload("no disposition", "--b0undary\r\nContent-Type: text/csv\r\n\r\nx\r\n--b0undary--\r\n", MULTIPART)
upload("no name", form(part(CSV, disposition='form-data; filename="a.csv"')), MULTIPART)
upload("base64", form(part("eA==", extra="Content-Transfer-Encoding: base64\r\n")), MULTIPART)
upload("header without a colon", "--b0undary\r\nContent-Disposition form-data\r\n\r\nx\r\n--b0undary--\r\n", MULTIPART)
case("upload and query wrong together", "POST", BASE + "/ingest/csv?dry_run=maybe", AUTH, FORM, body="file=abc")
case("upload missing and query wrong", "POST", BASE + "/ingest/csv?dry_run=", AUTH)

# What follows reads the open reads as they are published; the tests open them.
WHO = "user_id=me"
HISTORIES = ["/history", "/history/performance", "/history/export"]
NEW_READS = HISTORIES + ["/value-history"]

for path in NEW_READS:
    case(f"GET {path} without a token", "GET", BASE + path)
    case(f"GET {path} with a wrong token", "GET", BASE + path, ("Authorization", "Bearer bad"))
    case(f"GET {path}/ redirects", "GET", BASE + path + "/?a=1", AUTH)
for path in HISTORIES[1:]:
    for method in ["POST", "PUT", "PATCH", "DELETE"]:
        case(f"{method} {path}", method, BASE + path, AUTH)
for path in ["/ingest/backfill"]:
    case(f"POST {path} without a token", "POST", BASE + path)
    case(f"POST {path} validation comes after the token", "POST", BASE + path + "?max_pages=x")
    for method in ["GET", "PUT", "PATCH", "DELETE"]:
        case(f"{method} {path}", method, BASE + path, AUTH)
case("POST /refresh without a token", "POST", BASE + "/refresh")
# One segment is a portfolio's id for the methods that no other route takes.
for path in ["/balances", "/history", "/value-history", "/refresh"]:
    for method in ["PUT", "DELETE"]:
        case(f"{method} {path} is a portfolio", method, BASE + path, AUTH)
case("PATCH /history", "PATCH", BASE + "/history", AUTH)
case("POST /value-history", "POST", BASE + "/value-history", AUTH)

for path in HISTORIES:
    for value in ["1D", "1W", "ALL", "1d", "", "1Y%20", "YEAR", "1M'", "%F0%9F%98%80"]:
        case(f"{path} timeframe={value}", "GET", f"{BASE}{path}?timeframe={value}", AUTH)
    case(f"{path} twice", "GET", f"{BASE}{path}?timeframe=x&timeframe=1Y", AUTH)
    case(f"{path} of no portfolio", "GET", f"{BASE}{path}?timeframe=x&portfolio_id=none", AUTH)

INTEGERS = [
    "1.0", "%2B5", "+5", "%205%20", "5_0", "05", "1.5", "abc", "", "%EF%BC%91", "0", "1000", "1e1", "-0", "-1", "5.", ".5",
    "1.00", "1__0", "_1", "1_", "9" * 30, "-" + "9" * 30, "0x5", "5%0A", "%C2%A05", "null", "true", "1.0e0", "1_0.0",
    "1.0_0", "+%205", "--5", "0.0", "%E2%80%895", "25.000", "00", "%1C5", "%0B5", "1.%EF%BC%90", "%00", "5%00",
]
for value in INTEGERS:
    case(f"days={value}", "GET", f"{BASE}/value-history?days={value}", AUTH)
    case(f"max_pages={value}", "POST", f"{BASE}/ingest/backfill?dry_run=true&max_pages={value}", AUTH)
case("days beyond every integer", "GET", f"{BASE}/value-history?days=" + "9" * 4301, AUTH)
case("backfill, all wrong", "POST", f"{BASE}/ingest/backfill?max_pages=26&dry_run=maybe&source=", AUTH)

case("list without user_id", "GET", BASE + "/")
case("list, all wrong", "GET", BASE + "/?active_only=maybe&limit=101&offset=-1")
case("list, all wrong in another order", "GET", BASE + "/?offset=-1&limit=0&active_only=&user_id=x")
for query in ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=x", "offset=", "active_only=2", "limit=1.0&offset=1_0"]:
    case(f"list ?{query}", "GET", f"{BASE}/?{WHO}&{query}", AUTH)
case("base without its slash", "GET", BASE + "?" + WHO)
case("base without its slash by POST", "POST", BASE + "?" + WHO, AUTH, JSON, body="{}")
case("PUT /", "PUT", BASE + "/", AUTH)
case("DELETE /", "DELETE", BASE + "/", AUTH)
case("get none", "GET", BASE + "/none")
case("get none with user_id", "GET", BASE + "/none?" + WHO)
case("get none/ redirects", "GET", BASE + "/none/")
case("POST /none", "POST", BASE + "/none", AUTH)
case("PATCH /none", "PATCH", BASE + "/none", AUTH)
case("GET /none/more", "GET", BASE + "/none/more", AUTH)
case("analytics without user_id", "GET", BASE + "/none/analytics")
case("analytics of none", "GET", BASE + "/none/analytics?" + WHO)
case("POST /none/analytics", "POST", BASE + "/none/analytics", AUTH)
case("delete without a token", "DELETE", BASE + "/none?" + WHO)
case("delete without user_id", "DELETE", BASE + "/none", AUTH)
case("delete, all wrong", "DELETE", BASE + "/none?force=maybe", AUTH)
case("delete none", "DELETE", BASE + "/none?force=1&" + WHO, AUTH)
case("delete none with a body", "DELETE", BASE + "/none?" + WHO, AUTH, JSON, body="[")
case("update without a token", "PUT", BASE + "/none?" + WHO, JSON, body="{}")
case("update without user_id", "PUT", BASE + "/none", AUTH, JSON, body="{}")
case("update none", "PUT", BASE + "/none?" + WHO, AUTH, JSON, body="{}")

serial = 0


def create_raw(name, body, *headers, query=WHO, auth=AUTH):
    case(f"create: {name}", "POST", f"{BASE}/?{query}", *([auth] if auth else []), *(headers or [JSON]), body=body)


def create(field, value):
    """A body that is in order but for one field."""
    global serial
    serial += 1
    fields = {"name": f'"p{serial}"', "target_allocations": '{"BTC":1}', field: value}
    create_raw(f"{field} {value[:60]}", "{" + ",".join(f'"{k}":{v}' for k, v in fields.items()) + "}")


def update(field, value):
    case(f"update: {field} {value[:60]}", "PUT", f"{BASE}/none?{WHO}", AUTH, JSON, body="{" + f'"{field}":{value}' + "}")


create_raw("without a token", "{}", auth=None)
create_raw("with a wrong token", "{}", auth=("Authorization", "Bearer bad"))
create_raw("no body", "")
create_raw("no body, no user_id", "", query="")
create_raw("nothing, no user_id", "{}", query="")
create_raw("everything wrong", '{"name":1,"description":2,"target_allocations":{"A":"x","B":null},"risk_tolerance":"x",'
           '"is_active":"x","is_default":[],"initial_value_usd":"x","tags":[1,"a",null]}', query="")
create_raw("everything wrong, in another order", '{"tags":{},"initial_value_usd":true,"name":null,"other":1}')
create_raw("broken JSON comes before the query", "{", query="")
create_raw("broken JSON comes before the token", "{", auth=None)
for body in [
    "null", "[]", "[1]", '"x"', "1", "1.50", "true", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "[1,", "[1,]",
    "{a:1}", "{'a':1}", '{"a":1}x', "nul", '"abc', '"a\nb"', '"\\x"', '"\\u12"', '"\\u12G4"', "-", "01", "1.", ".5", "+1",
    "1e", " ", "[1 2]", '{"a" 1}', '{"a":1 "b":2}', "{,}", "[,]", '{"a":}', '"\\', '"a\tb"', "// c", "{}{}",
    '{"a":"\\u"}', '{"a":"\\uZ"}', '"\x7f"', "tru", "falsey", '["\\', '{"a":1 ,\n }', "[[[[]]]]", '{"a":[{"b":[1.10e3,-0,-0.0,1e-7]}]}',
    "12345678901234567890", "[0.1,1e16,1e15,123456789012345.6,1e-4,1e-5,100.0,-5E-1]",
]:
    create_raw(f"body {body!r}", body.encode().decode("latin-1"))
create_raw("offset in characters", '{"é😀":"x" y'.encode().decode("latin-1"))
create_raw("text as input", '"é😀 "'.encode().decode("latin-1"))
create_raw("byte order mark", "﻿{}".encode().decode("latin-1"))
create_raw("not UTF-8", '{"a":"ÿ"}')
create_raw("no content type", "{}", ("X-Other", "1"))
for kind in [
    "text/plain", "application/json; charset=utf-8", "application/vnd.api+json", "APPLICATION/JSON",
    "application/x-www-form-urlencoded", "json", "application/jsonx", "text/json", "application/json;",
    "application/json, text/plain", "*/*", "application/ json", "; application/json", "application/+json",
    "application/problem+JSON",
]:
    create_raw(f"type {kind}", '{"a": 1}', ("Content-Type", kind))

for value in ["1", '""', "null", "[]", "true", '"' + "n" * 101 + '"']:
    create("name", value)
create("name", '"' + "\\ud83d\\ude00" * 101 + '"')
create("name", '"' + "\\u00e9" * 100 + '"')
for value in ["1", "null", "[]", '"x"', '"' + "d" * 2001 + '"']:
    create("description", value)
for value in [
    "true", "false", "1", "0", '"1"', '"0.5"', '" 1 "', '"+1"', '"1e0"', '"abc"', '""', "null", "[]", "{}", '"\\uff11"',
    "1.0", "1.000", '"0x1"', '"1,0"', '"__1"', '"1__0"', '"_1"', '"1_"', '"1e"', '"true"', "0.5", "1.50", "0.9991", "1.002",
    "1e5", "1e-7", "1e16", "123456789012345680",
]:
    create("target_allocations", '{"BTC":' + value + "}")
for value in [
    "[]", "{}", '"a"', "null", "1", '{"A":0.5,"B":"x","C":null}', '{"A":0.333333,"B":0.333333,"C":0.333333}',
    '{"A":0.3333,"B":0.3333,"C":0.3333}', '{"A":0.1,"B":0.2,"C":0.7}', '{"A":0.1,"B":0.2,"C":0.6}',
    "{" + ",".join(f'"A{n}":0.01' for n in range(101)) + "}",
]:
    create("target_allocations", value)
for value in ['"x"', '"Moderate"', "null", "1", "[]", "{}", "true", '"aggressive"', '""']:
    create("risk_tolerance", value)
for value in [
    "true", "1", "0", "2", "1.0", "0.0", "0.5", '"true"', '"yes"', '"maybe"', "null", "[]", "{}", '""', "-1", '"1.0"', "1e0",
    "10000000000000000000000",
]:
    create("is_active", value)
create("is_default", '"x"')
for value in [
    '"x"', "1", "true", "null", '"1.5"', "1.5", '" 1 "', '"1_0"', '"+1"', '"1e2"', '"NaN"', '"Infinity"', '"-inf"', '"sNaN"',
    "-1", '"-1"', '"-0"', "-0", "-1e-5", '"-1.50"', "1e20", '"100000000000000000000"', '"1e-19"', '"0.1234567890123456789"',
    "[]", "{}", '""', '"1e400"', '"1e-400"', '" "', "1e5", '".5"', '"5."', "99999999999999999999999", '"1,5"', '"0x1"', '"1e"',
]:
    create("initial_value_usd", value)
for value in [
    "null", '"x"', "{}", "1", "[1]", '["a",null,[],{}]', "[]", '["a","a"]', json.dumps(["t"] * 51), json.dumps([1] * 51),
]:
    create("tags", value)

for field, values in {
    "name": ["null", "1", '""', '"' + "n" * 101 + '"', '"x"'],
    "description": ["null", "1", '"' + "d" * 2001 + '"'],
    "target_allocations": ["null", "1", '{"A":0.5}', '{"A":"x"}', '{"A":1}'],
    "risk_tolerance": ["null", '"x"', "1", '"conservative"'],
    "is_active": ["null", '"x"', "0", "[]"],
    "tags": ["null", '"x"', "[1]", json.dumps(["t"] * 51)],
    "other": ["1"],
}.items():
    for value in values:
        update(field, value)
case("update: wrong in query and body", "PUT", BASE + "/none", AUTH, JSON, body='{"name":1,"tags":1}')
case("update: no body", "PUT", f"{BASE}/none?{WHO}", AUTH)
case("update: an array", "PUT", f"{BASE}/none?{WHO}", AUTH, JSON, body="[]")

CREDENTIALS = '{"email":"EMAIL","password":"correct horse battery"}'
for path in ["/auth/signup", "/auth/login"]:
    for body in [
        "", "{}", "[]", "null", '"correct horse"', "{", '{"email":1,"password":"short"}', '{"email":"","password":null}',
        '{"password":"correct horse battery"}', '{"email":"a@example.org"}', '{"email":"' + "e" * 255 + '","password":[]}',
        '{"email":"a@example.org","password":"1234567"}',
    ]:
        case(f"{path} {body[:40]}", "POST", path, JSON, body=body)
    case(f"{path} as a form", "POST", path, FORM, body="email=a&password=b")
    for method in ["GET", "PUT", "DELETE"]:
        case(f"{method} {path}", method, path)
    case(f"{path}/ redirects", "POST", path + "/", JSON, body="{}")
case("sign up", "POST", "/auth/signup", JSON, body=CREDENTIALS.replace("EMAIL", "a@example.org"))
case("log in as nobody", "POST", "/auth/login", JSON, body=CREDENTIALS.replace("EMAIL", "nobody@example.org"))
for body in ["", "{}", '{"refresh_token":1}', '{"refresh_token":"x"}', '{"refresh_token":"' + "x" * 257 + '"}', "[]"]:
    case(f"/auth/refresh {body[:40]}", "POST", "/auth/refresh", JSON, body=body)
case("GET /auth/refresh", "GET", "/auth/refresh")
case("me without a token", "GET", "/auth/me")
case("me with a wrong token", "GET", "/auth/me", ("Authorization", "Bearer bad"))
case("me", "GET", "/auth/me", AUTH)
case("POST /auth/me", "POST", "/auth/me", AUTH)
case("me/ redirects", "GET", "/auth/me/")
case("no such sign-in", "GET", "/auth/nothing")


async def answer(one):
    path, _, query = one["target"].partition("?")
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in one["headers"]]
    headers.insert(0, (b"host", b"localhost"))
    body = one["body"].encode("latin-1")
    if body:
        headers.append((b"content-length", str(len(body)).encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": one["method"], "scheme": "http",
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name, value.strip()) for name, value in headers], "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }
    sent = []
    pieces = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    try:
        await app(scope, receive, send)
    except Exception as error:
        print(f"{one['name']}: {error!r}", file=sys.stderr)
    wanted = {"content-type", "allow", "location", "www-authenticate"}
    head = next((m for m in sent if m["type"] == "http.response.start"), {"status": 500, "headers": []})
    return {
        **one,
        "status": head["status"],
        "answer_headers": {n.decode(): v.decode() for n, v in head["headers"] if n.decode() in wanted},
        "answer": b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body").decode(),
    }


async def record():
    return [await answer(one) for one in cases]


names = [one["name"] for one in cases]
assert len(set(names)) == len(names), sorted(n for n in names if names.count(n) > 1)
packages = ["fastapi", "starlette", "pydantic", "python-multipart"]
answers = asyncio.run(record())
print("{")
versions = {"python": platform.python_version(), **{name: version(name) for name in packages}}
print(f'"versions": {json.dumps(versions)},')
print('"cases": [')
print(",\n".join(json.dumps(one) for one in answers))
print("]}")
