"""Records what FastAPI answers to requests for bitcain's routes.

The routes below have the signatures of the published API. Each case is given to the application as an ASGI scope,
so no server runs and nothing between the bytes and the framework can change them. The answers are written to
`fastapi.json`, with which the Swift tests compare ours; only whoever records them again needs Python:

    python3 -m venv venv && venv/bin/pip install fastapi python-multipart
    venv/bin/python fastapi_oracle.py > fastapi.json
"""

import asyncio
import json
import sys
from importlib.metadata import version
from urllib.parse import unquote

from fastapi import APIRouter, Depends, FastAPI, File, HTTPException, Query, UploadFile
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

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


app = FastAPI()
app.include_router(router)

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
print(f'"versions": {json.dumps({name: version(name) for name in packages})},')
print('"cases": [')
print(",\n".join(json.dumps(one) for one in answers))
print("]}")
