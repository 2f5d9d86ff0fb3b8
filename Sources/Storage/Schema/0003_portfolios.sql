-- What portfolios, signed-in clients, connections to venues and price services keep.

-- A deleted portfolio keeps its row, so that what points to it stays readable; its name is free again.
ALTER TABLE portfolios ADD COLUMN description TEXT;
ALTER TABLE portfolios ADD COLUMN risk TEXT NOT NULL DEFAULT 'moderate'
    CHECK (risk IN ('conservative', 'moderate', 'aggressive'));
ALTER TABLE portfolios ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1));
ALTER TABLE portfolios ADD COLUMN updated INTEGER;
ALTER TABLE portfolios ADD COLUMN rebalanced INTEGER;
ALTER TABLE portfolios ADD COLUMN deleted INTEGER;

DROP INDEX portfolios_default;

CREATE UNIQUE INDEX portfolios_default ON portfolios (user) WHERE is_default = 1 AND deleted IS NULL;

CREATE UNIQUE INDEX portfolios_title ON portfolios (user, title) WHERE deleted IS NULL;

-- The share that an asset should have, by the code as the owner wrote it; `position` keeps the owner's order.
CREATE TABLE portfolio_targets (
    portfolio INTEGER NOT NULL REFERENCES portfolios (id),
    position INTEGER NOT NULL,
    asset TEXT NOT NULL,
    fraction TEXT NOT NULL,
    PRIMARY KEY (portfolio, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE portfolio_tags (
    portfolio INTEGER NOT NULL REFERENCES portfolios (id),
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (portfolio, position)
) STRICT, WITHOUT ROWID;

-- What a portfolio was worth when it was looked at, in the quote named; later changes of the journal do not touch it.
CREATE TABLE snapshots (
    portfolio INTEGER NOT NULL REFERENCES portfolios (id),
    time INTEGER NOT NULL,
    uuid TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL,
    asset INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    is_stale INTEGER NOT NULL CHECK (is_stale IN (0, 1)),
    created INTEGER NOT NULL,
    PRIMARY KEY (portfolio, time)
) STRICT, WITHOUT ROWID;

-- The credentials that came out of one another, such as the refresh tokens of one sign-in: they end together.
ALTER TABLE credentials ADD COLUMN family TEXT;

CREATE INDEX credentials_by_family ON credentials (family) WHERE family IS NOT NULL;

-- One key for each user, wrapped by the key of the data folder; it seals what must be read back.
CREATE TABLE user_keys (
    user INTEGER PRIMARY KEY REFERENCES users (id),
    version INTEGER NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;

-- A venue's account that is read through its API. `sealed` holds its credentials, sealed by the user's key of that
-- version; `progress` says how far each of the venue's streams was read; `failures` counts those since the last success.
CREATE TABLE connections (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    account INTEGER NOT NULL UNIQUE REFERENCES accounts (id),
    venue TEXT NOT NULL,
    label TEXT NOT NULL,
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    progress TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    latest_error TEXT,
    created INTEGER NOT NULL,
    synced INTEGER,
    next_sync INTEGER
) STRICT;

CREATE INDEX connections_by_user ON connections (user);

-- The order in which an asset's sources of prices are asked, where it is not the usual one.
CREATE TABLE price_orders (
    asset INTEGER NOT NULL,
    position INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (asset, position)
) STRICT, WITHOUT ROWID;

-- How far a service's prices of a pair were fetched, and what went wrong last.
CREATE TABLE price_fetches (
    base INTEGER NOT NULL,
    quote INTEGER NOT NULL,
    source TEXT NOT NULL,
    fetched INTEGER,
    latest_error TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    next_fetch INTEGER,
    PRIMARY KEY (base, quote, source)
) STRICT, WITHOUT ROWID;
