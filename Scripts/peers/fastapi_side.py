"""The reads of bitcain's API that a FastAPI service would have, over bodies that are prepared; uvicorn serves them.

The folder in COFFER_BENCH_BODIES has `balances.json` and `history.json`, answers that Coffer gave. They are served as
they are, which spares FastAPI all work but the request's; below `/models` they are answered from pydantic models, as a
service without a cache of bytes does it. Parameters and the bearer token are read as bitcain's signatures have them.
"""

import os
import pathlib
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, TypeAdapter

BODIES = pathlib.Path(os.environ["COFFER_BENCH_BODIES"])
BASE = "/api/v1/portfolio"


class Timeframe(str, Enum):
    """The choices of `timeframe`."""

    DAY = "1D"
    WEEK = "1W"
    MONTH = "1M"
    QUARTER = "3M"
    YEAR = "1Y"
    ALL = "ALL"


class Snapshot(BaseModel):
    """A point of the history."""

    id: str
    user_id: str
    portfolio_id: str | None
    total_value: str
    currency: str
    recorded_at: datetime
    created_at: datetime
    metadata: dict[str, Any]


def prepared(name):
    """A body as Coffer answered it; empty when it was not measured."""
    path = BODIES / f"{name}.json"
    return path.read_bytes() if path.exists() else b"[]"


BALANCES = prepared("balances")
HISTORY = prepared("history")
SNAPSHOTS = TypeAdapter(list[Snapshot]).validate_json(HISTORY)

app = FastAPI()
bearer = HTTPBearer()
Caller = Annotated[HTTPAuthorizationCredentials, Depends(bearer)]


@app.get(BASE + "/balances")
async def balances(caller: Caller, exchange: str = Query("binanceus")):
    """The balances as they are."""
    return Response(BALANCES, media_type="application/json")


@app.get(BASE + "/history")
async def history(
    caller: Caller, timeframe: Timeframe = Timeframe.MONTH, portfolio_id: str | None = None, currency: str = "USD"
):
    """The history as it is."""
    return Response(HISTORY, media_type="application/json")


@app.get("/models" + BASE + "/history", response_model=list[Snapshot])
async def history_models(
    caller: Caller, timeframe: Timeframe = Timeframe.MONTH, portfolio_id: str | None = None, currency: str = "USD"
):
    """The history from models."""
    return SNAPSHOTS
