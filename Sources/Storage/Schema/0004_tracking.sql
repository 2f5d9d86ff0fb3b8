-- What the CryptFolio API, the OAuth2 server and the key pages keep.

-- `source` says what made a portfolio, such as `private-api`. `label` is what its owner calls it where another one has
-- that name already: titles are unique, labels are not.
ALTER TABLE portfolios ADD COLUMN source TEXT;
ALTER TABLE portfolios ADD COLUMN label TEXT;

-- The currencies that a portfolio is reported in, by code; none means the owner's own currency.
CREATE TABLE portfolio_currencies (
    portfolio INTEGER NOT NULL REFERENCES portfolios (id),
    position INTEGER NOT NULL,
    asset INTEGER NOT NULL,
    PRIMARY KEY (portfolio, position),
    UNIQUE (portfolio, asset)
) STRICT, WITHOUT ROWID;

-- `title` is what the owner calls an account, its name where it is null; names are unique, titles are not. `source`
-- says what made it, such as `web` or `private-api`. A deleted account keeps its row under another name.
ALTER TABLE accounts ADD COLUMN title TEXT;
ALTER TABLE accounts ADD COLUMN source TEXT;
ALTER TABLE accounts ADD COLUMN updated INTEGER;
ALTER TABLE accounts ADD COLUMN deleted INTEGER;

-- An address on a public chain, held as an account of kind `address`. `balance`, `received`, `sent` and
-- `transactions` are what the chain said at `refreshed`; `progress` says how far its history was read.
CREATE TABLE addresses (
    account INTEGER PRIMARY KEY REFERENCES accounts (id),
    user INTEGER NOT NULL REFERENCES users (id),
    asset INTEGER NOT NULL,
    address TEXT NOT NULL,
    is_invalid INTEGER NOT NULL CHECK (is_invalid IN (0, 1)),
    latest_error TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    balance TEXT,
    received TEXT,
    sent TEXT,
    transactions INTEGER,
    source TEXT,
    progress TEXT NOT NULL DEFAULT '',
    refreshed INTEGER,
    next_refresh INTEGER
) STRICT;

CREATE INDEX addresses_by_user ON addresses (user);

CREATE INDEX addresses_due ON addresses (next_refresh) WHERE is_invalid = 0;

-- The balances of an offset as its owner last set them; the journal has the corrections that led there.
CREATE TABLE offset_balances (
    account INTEGER NOT NULL REFERENCES accounts (id),
    asset INTEGER NOT NULL,
    balance TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (account, asset)
) STRICT, WITHOUT ROWID;

-- Whether the venue refused the credentials, or they are none: such a connection is not read until they change.
ALTER TABLE connections ADD COLUMN is_invalid INTEGER NOT NULL DEFAULT 0 CHECK (is_invalid IN (0, 1));

-- `manager` is the enterprise that made the user. A deleted user keeps the row without name, address and password.
ALTER TABLE users ADD COLUMN manager INTEGER REFERENCES users (id);
ALTER TABLE users ADD COLUMN updated INTEGER;
ALTER TABLE users ADD COLUMN deleted INTEGER;

CREATE INDEX users_by_manager ON users (manager) WHERE manager IS NOT NULL;

-- Programs that ask users for permission, or act for themselves. A client without `secret` is a public one.
CREATE TABLE clients (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id),
    public_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    secret BLOB,
    scopes TEXT NOT NULL,
    is_first_party INTEGER NOT NULL DEFAULT 0 CHECK (is_first_party IN (0, 1)),
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted INTEGER
) STRICT;

CREATE INDEX clients_by_user ON clients (user);

CREATE TABLE client_redirects (
    client INTEGER NOT NULL REFERENCES clients (id),
    position INTEGER NOT NULL,
    uri TEXT NOT NULL,
    PRIMARY KEY (client, position)
) STRICT, WITHOUT ROWID;

-- What a user allowed a client once; codes and tokens that come of it are credentials of its family. `code` is the
-- hash of the authorization code with what it was asked with, until it is redeemed and after; `redirect_uri` is where
-- the code was sent to, and a client that gave it when it asked has to give it again.
CREATE TABLE grants (
    family TEXT PRIMARY KEY,
    client INTEGER NOT NULL REFERENCES clients (id),
    user INTEGER NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    scopes TEXT NOT NULL,
    code BLOB UNIQUE,
    code_expires INTEGER,
    code_used INTEGER,
    redirect_uri TEXT,
    is_redirect_given INTEGER NOT NULL DEFAULT 0 CHECK (is_redirect_given IN (0, 1)),
    challenge TEXT,
    created INTEGER NOT NULL,
    revoked INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX grants_by_user ON grants (user);

CREATE INDEX grants_by_client ON grants (client);

-- The rates that the operator gave a user or a client in place of the usual ones.
CREATE TABLE quotas (
    user INTEGER REFERENCES users (id),
    client INTEGER REFERENCES clients (id),
    requests_per_second INTEGER NOT NULL,
    burst INTEGER NOT NULL,
    UNIQUE (user),
    UNIQUE (client),
    CHECK ((user IS NULL) <> (client IS NULL))
) STRICT;

-- The version of the user's key that `sealed` was sealed with.
ALTER TABLE credentials ADD COLUMN key_version INTEGER;
