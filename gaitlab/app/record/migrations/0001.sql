CREATE TABLE patient (
    id TEXT PRIMARY KEY NOT NULL,
    pseudonym TEXT NOT NULL,
    birth_year INTEGER,
    sex TEXT NOT NULL DEFAULT '',
    height_cm FLOAT,
    painful_side TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE TABLE visit (
    id TEXT PRIMARY KEY NOT NULL,
    patient_id TEXT NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    therapist TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);
CREATE INDEX visit_of_patient ON visit (patient_id);
CREATE TABLE recording (
    id TEXT PRIMARY KEY NOT NULL,
    visit_id TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
    task TEXT NOT NULL,
    label TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    treadmill_speed_mps FLOAT,
    state TEXT NOT NULL,
    stage TEXT NOT NULL DEFAULT '',
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    checked TEXT,
    overview TEXT,
    outdated BOOLEAN NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE INDEX recording_of_visit ON recording (visit_id);
CREATE INDEX recording_by_state ON recording (state);
CREATE TABLE revision (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    recording_id TEXT NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    made_by TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    withdrawn_at TEXT
);
CREATE INDEX revision_of_recording ON revision (recording_id);
CREATE TABLE entry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    visit_id TEXT NOT NULL REFERENCES visit (id) ON DELETE CASCADE,
    item TEXT NOT NULL,
    side TEXT NOT NULL DEFAULT '',
    variant TEXT NOT NULL DEFAULT '',
    value TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    entered_at TEXT NOT NULL,
    UNIQUE (visit_id, item, side, variant)
);
CREATE TABLE setting (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
