// Made by Schema/embed.py from the .sql files, which are the truth; a test compares both.

extension Migration {
    static let all: [Migration] = [
        Migration(
            number: 1,
            name: "initial",
            sql: #"""
                -- The first schema. Times are microseconds since 1970-01-01T00:00:00Z, amounts are canonical decimal text (plain
                -- digits, no exponent, no trailing zeros), assets are numbers: below 65,536 built in, from there on rows of `assets`.

                CREATE TABLE meta (
                    name TEXT PRIMARY KEY,
                    value ANY
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE users (
                    id INTEGER PRIMARY KEY,
                    uuid TEXT NOT NULL UNIQUE,
                    name TEXT NOT NULL,
                    email TEXT UNIQUE COLLATE NOCASE,
                    password TEXT,
                    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'user', 'enterprise')),
                    currency TEXT NOT NULL,
                    time_zone TEXT NOT NULL,
                    created INTEGER NOT NULL
                ) STRICT;

                -- Every way to prove who one is except the password, of all dialects. `hash` is what a presented token is looked up
                -- by; `public_id` is the part that a client shows openly; `sealed` is a secret that must be read back, encrypted.
                CREATE TABLE credentials (
                    id INTEGER PRIMARY KEY,
                    user INTEGER NOT NULL REFERENCES users (id),
                    kind TEXT NOT NULL,
                    label TEXT NOT NULL,
                    public_id TEXT,
                    hash BLOB UNIQUE,
                    sealed BLOB,
                    scopes TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    expires INTEGER,
                    last_used INTEGER,
                    revoked INTEGER,
                    UNIQUE (kind, public_id)
                ) STRICT;

                CREATE INDEX credentials_by_user ON credentials (user);

                CREATE TABLE portfolios (
                    id INTEGER PRIMARY KEY,
                    uuid TEXT NOT NULL UNIQUE,
                    user INTEGER NOT NULL REFERENCES users (id),
                    title TEXT NOT NULL,
                    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
                    created INTEGER NOT NULL
                ) STRICT;

                CREATE INDEX portfolios_by_user ON portfolios (user);

                CREATE UNIQUE INDEX portfolios_default ON portfolios (user) WHERE is_default = 1;

                CREATE TABLE accounts (
                    id INTEGER PRIMARY KEY,
                    user INTEGER NOT NULL REFERENCES users (id),
                    portfolio INTEGER NOT NULL REFERENCES portfolios (id),
                    name TEXT NOT NULL,
                    venue TEXT NOT NULL CHECK (venue = lower(venue)),
                    kind TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    UNIQUE (user, name)
                ) STRICT;

                CREATE INDEX accounts_by_portfolio ON accounts (portfolio);

                CREATE TABLE assets (
                    id INTEGER PRIMARY KEY CHECK (id >= 65536),
                    user INTEGER NOT NULL REFERENCES users (id),
                    code TEXT NOT NULL,
                    title TEXT NOT NULL,
                    kind INTEGER NOT NULL,
                    decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 18),
                    UNIQUE (user, code)
                ) STRICT;

                CREATE TABLE kinds (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE
                ) STRICT;

                -- One act of bringing entries in, which can be undone as a whole. `first_entry` and `reserved` are the range of
                -- entry ids that belongs to it, used or not. An open import is invisible; one that nobody finished is removed.
                CREATE TABLE imports (
                    id INTEGER PRIMARY KEY,
                    user INTEGER NOT NULL REFERENCES users (id),
                    state TEXT NOT NULL CHECK (state IN ('open', 'committed', 'undone', 'abandoned')),
                    file_name TEXT NOT NULL,
                    format TEXT NOT NULL,
                    file_digest BLOB,
                    first_entry INTEGER NOT NULL,
                    reserved INTEGER NOT NULL,
                    inserted INTEGER NOT NULL DEFAULT 0,
                    existing INTEGER NOT NULL DEFAULT 0,
                    refused INTEGER NOT NULL DEFAULT 0,
                    created INTEGER NOT NULL,
                    committed INTEGER,
                    undone INTEGER,
                    seal INTEGER REFERENCES seals (number) DEFERRABLE INITIALLY DEFERRED
                ) STRICT;

                CREATE INDEX imports_by_user ON imports (user);

                CREATE INDEX imports_by_seal ON imports (seal);

                CREATE INDEX imports_open ON imports (user) WHERE state = 'open';

                -- The journal, clustered by what orders and identifies a row, so that a Book is loaded by one sequential scan.
                -- `digest` is BLAKE2b-128 over the row's content and `occurrence`, which counts equal contents. There are no foreign
                -- keys here, which would cost six look-ups for each row: the journal checks them, and so does `coffer check`.
                CREATE TABLE entries (
                    user INTEGER NOT NULL,
                    time INTEGER NOT NULL,
                    digest BLOB NOT NULL,
                    id INTEGER NOT NULL,
                    import INTEGER NOT NULL,
                    kind INTEGER NOT NULL,
                    occurrence INTEGER NOT NULL,
                    event INTEGER,
                    in_amount TEXT,
                    in_asset INTEGER,
                    in_account INTEGER,
                    out_amount TEXT,
                    out_asset INTEGER,
                    out_account INTEGER,
                    fee_amount TEXT,
                    fee_asset INTEGER,
                    fee_account INTEGER,
                    value_amount TEXT,
                    value_asset INTEGER,
                    reference TEXT,
                    exchange TEXT,
                    grp TEXT,
                    comment TEXT,
                    lot TEXT,
                    PRIMARY KEY (user, time, digest)
                ) STRICT, WITHOUT ROWID;

                -- The rows that one commit added to an import, as a digest over their ids, events and digests in the order of ids.
                CREATE TABLE batches (
                    import INTEGER NOT NULL,
                    number INTEGER NOT NULL,
                    first_entry INTEGER NOT NULL,
                    last_entry INTEGER NOT NULL,
                    rows INTEGER NOT NULL,
                    digest BLOB NOT NULL,
                    PRIMARY KEY (import, number)
                ) STRICT, WITHOUT ROWID;

                -- Further records that take an entry or a whole import out of every report, by name.
                CREATE TABLE voids (
                    id INTEGER PRIMARY KEY,
                    user INTEGER NOT NULL REFERENCES users (id),
                    import INTEGER REFERENCES imports (id),
                    entry INTEGER UNIQUE,
                    time INTEGER,
                    digest BLOB,
                    reason TEXT NOT NULL,
                    created INTEGER NOT NULL,
                    seal INTEGER REFERENCES seals (number) DEFERRABLE INITIALLY DEFERRED,
                    CHECK ((import IS NULL) <> (entry IS NULL))
                ) STRICT;

                CREATE INDEX voids_by_user ON voids (user);

                CREATE INDEX voids_by_import ON voids (import);

                CREATE INDEX voids_by_seal ON voids (seal);

                -- The hash chain: one link for each commit that made entries visible or voided some.
                CREATE TABLE seals (
                    number INTEGER PRIMARY KEY,
                    created INTEGER NOT NULL,
                    first_entry INTEGER,
                    last_entry INTEGER,
                    entries INTEGER NOT NULL,
                    voids INTEGER NOT NULL,
                    digest BLOB NOT NULL
                ) STRICT;

                CREATE TABLE prices (
                    base INTEGER NOT NULL,
                    quote INTEGER NOT NULL,
                    source TEXT NOT NULL,
                    time INTEGER NOT NULL,
                    price TEXT NOT NULL,
                    PRIMARY KEY (base, quote, source, time)
                ) STRICT, WITHOUT ROWID;

                CREATE TABLE idempotency (
                    user INTEGER NOT NULL REFERENCES users (id),
                    key TEXT NOT NULL,
                    request BLOB NOT NULL,
                    status INTEGER NOT NULL,
                    body BLOB NOT NULL,
                    created INTEGER NOT NULL,
                    PRIMARY KEY (user, key)
                ) STRICT, WITHOUT ROWID;

                CREATE INDEX idempotency_by_age ON idempotency (created);

                INSERT INTO kinds (id, name) VALUES
                    (1, 'trade'),
                    (2, 'margin_trade'),
                    (3, 'derivatives_trade'),
                    (4, 'swap'),
                    (10, 'transfer'),
                    (11, 'deposit'),
                    (12, 'withdrawal'),
                    (20, 'income'),
                    (21, 'mining'),
                    (22, 'mining_commercial'),
                    (23, 'staking'),
                    (24, 'masternode'),
                    (25, 'minting'),
                    (26, 'interest'),
                    (27, 'lending_income'),
                    (28, 'dividend'),
                    (29, 'airdrop'),
                    (30, 'airdrop_nontaxable'),
                    (31, 'reward'),
                    (32, 'gift_in'),
                    (33, 'income_nontaxable'),
                    (34, 'other_income'),
                    (35, 'liquidity_reward'),
                    (36, 'derivatives_profit'),
                    (37, 'margin_profit'),
                    (38, 'fork'),
                    (39, 'migration'),
                    (50, 'spend'),
                    (51, 'donation'),
                    (52, 'gift_out'),
                    (53, 'stolen'),
                    (54, 'lost'),
                    (55, 'fee'),
                    (56, 'borrowing_fee'),
                    (57, 'settlement_fee'),
                    (58, 'margin_fee'),
                    (59, 'margin_loss'),
                    (60, 'derivatives_loss'),
                    (61, 'liquidation'),
                    (62, 'expense'),
                    (63, 'expense_nontaxable'),
                    (70, 'loan_received'),
                    (71, 'loan_repaid'),
                    (72, 'collateral_added'),
                    (73, 'collateral_removed'),
                    (74, 'liquidity_provided'),
                    (75, 'liquidity_removed'),
                    (76, 'liquidity_token_received'),
                    (77, 'liquidity_token_returned'),
                    (80, 'correction_in'),
                    (81, 'correction_out');

                """#
        )
    ]
}
