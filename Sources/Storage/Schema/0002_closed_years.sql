-- Tax years that an owner closed: the settings in force, what the year came to then, and a digest over its disposals and
-- income. `first_time` and `end_time` are the instants between which its entries lie, the end not included.

CREATE TABLE closed_years (
    user INTEGER NOT NULL REFERENCES users (id),
    year INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    first_time INTEGER NOT NULL,
    end_time INTEGER NOT NULL,
    settings TEXT NOT NULL,
    disposals INTEGER NOT NULL,
    proceeds TEXT NOT NULL,
    cost TEXT NOT NULL,
    gain TEXT NOT NULL,
    income TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (user, year)
) STRICT, WITHOUT ROWID;

-- Few entries name a lot; without this finding them would read the whole journal.
CREATE INDEX entries_by_lot ON entries (user, time) WHERE lot IS NOT NULL;
