CREATE TABLE prescription (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    visit_id TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
    exercise TEXT NOT NULL,
    side TEXT NOT NULL DEFAULT '',
    sets INTEGER,
    repetitions INTEGER,
    hold_s INTEGER,
    minutes INTEGER,
    sessions_per_day INTEGER NOT NULL DEFAULT 1,
    days_per_week INTEGER NOT NULL DEFAULT 7,
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX prescription_of_visit ON prescription (visit_id);
CREATE TABLE log_day (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    visit_id TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    done BOOLEAN NOT NULL DEFAULT 1,
    pain FLOAT,
    note TEXT NOT NULL DEFAULT '',
    UNIQUE (visit_id, day)
);
