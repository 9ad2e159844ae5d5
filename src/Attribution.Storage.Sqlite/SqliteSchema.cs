namespace Attribution.Storage.Sqlite;

/// <summary>
/// The migrations that create the store's tables. Days are day numbers (days since 0001-01-01), times are Unix
/// milliseconds.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>The number "ATTR", which identifies a file as a store.</summary>
    public const int ApplicationId = 0x41545452;

    /// <summary>The scripts in order; the n-th creates schema version n.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        // Journeys are referenced by a small number within the file, so that an alias costs little more than its hash.
        // A tombstone keeps its row without the document. See SqliteTieredIndex for the tables of hashes.
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        INSERT INTO meta VALUES
            ('alias_key', randomblob(16)), ('catalog_version', 0), ('journeys_version', 0), ('generation', 0), ('aliases', 0),
            ('ledger_conversions', 0);

        CREATE TABLE packs (seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, archive BLOB NOT NULL);

        CREATE TABLE journeys (
            seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, catalog_version INTEGER NOT NULL,
            brand TEXT NOT NULL, converted_on INTEGER, merged_into INTEGER REFERENCES journeys, doc BLOB NOT NULL);
        CREATE INDEX journeys_live ON journeys (catalog_version) WHERE merged_into IS NULL;
        CREATE INDEX journeys_converted ON journeys (brand, converted_on, catalog_version) WHERE merged_into IS NULL AND converted_on IS NOT NULL;

        CREATE TABLE aliases_new (
            hash INTEGER NOT NULL, mark INTEGER NOT NULL, journey INTEGER NOT NULL REFERENCES journeys,
            PRIMARY KEY (hash, mark)) WITHOUT ROWID;
        CREATE TABLE aliases_recent (
            hash INTEGER NOT NULL, mark INTEGER NOT NULL, journey INTEGER NOT NULL REFERENCES journeys,
            PRIMARY KEY (hash, mark)) WITHOUT ROWID;
        CREATE TABLE aliases_settled (
            hash INTEGER NOT NULL, mark INTEGER NOT NULL, journey INTEGER NOT NULL REFERENCES journeys,
            PRIMARY KEY (hash, mark)) WITHOUT ROWID;
        CREATE VIEW aliases AS SELECT * FROM aliases_new UNION ALL SELECT * FROM aliases_recent UNION ALL SELECT * FROM aliases_settled;

        CREATE TABLE ledger (
            seq INTEGER PRIMARY KEY, brand TEXT NOT NULL, conversion TEXT NOT NULL, campaign TEXT NOT NULL, creator TEXT NOT NULL,
            order_day INTEGER NOT NULL, entry_day INTEGER NOT NULL, amount INTEGER NOT NULL, micros INTEGER NOT NULL,
            commission INTEGER NOT NULL, reason INTEGER NOT NULL, caused_by TEXT NOT NULL, recorded_at INTEGER NOT NULL,
            restates INTEGER NOT NULL);
        CREATE TABLE ledger_conversions_new (
            hash INTEGER NOT NULL, line INTEGER NOT NULL REFERENCES ledger,
            PRIMARY KEY (hash, line)) WITHOUT ROWID;
        CREATE TABLE ledger_conversions_recent (
            hash INTEGER NOT NULL, line INTEGER NOT NULL REFERENCES ledger,
            PRIMARY KEY (hash, line)) WITHOUT ROWID;
        CREATE TABLE ledger_conversions_settled (
            hash INTEGER NOT NULL, line INTEGER NOT NULL REFERENCES ledger,
            PRIMARY KEY (hash, line)) WITHOUT ROWID;
        CREATE VIEW ledger_conversions AS
            SELECT * FROM ledger_conversions_new UNION ALL SELECT * FROM ledger_conversions_recent UNION ALL SELECT * FROM ledger_conversions_settled;
        CREATE INDEX ledger_day ON ledger (brand, order_day);
        CREATE INDEX ledger_paid ON ledger (brand, creator) WHERE commission <> 0;
        CREATE INDEX ledger_restates ON ledger (brand, recorded_at) WHERE restates <> 0;

        CREATE TABLE rejections (
            seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, brand TEXT NOT NULL, source TEXT NOT NULL, received_at INTEGER NOT NULL,
            reason INTEGER NOT NULL, pointer TEXT NOT NULL, detail TEXT NOT NULL, event_id TEXT, schema INTEGER NOT NULL, payload BLOB NOT NULL,
            resolved_at INTEGER);
        CREATE INDEX rejections_brand ON rejections (brand, id);
        CREATE INDEX rejections_open ON rejections (id) WHERE resolved_at IS NULL;

        CREATE TABLE deltas (seq INTEGER PRIMARY KEY, brand TEXT NOT NULL, at INTEGER NOT NULL, sums BLOB NOT NULL);
        CREATE INDEX deltas_brand ON deltas (brand);

        CREATE TABLE rollups (
            brand TEXT NOT NULL, day INTEGER NOT NULL, campaign TEXT NOT NULL, creator TEXT NOT NULL, cell BLOB NOT NULL,
            PRIMARY KEY (brand, day, campaign, creator)) WITHOUT ROWID;

        -- Sums of rollups, updated by the same transaction: by campaign and day under an empty creator, and by placement
        -- and 14 or 84 days under the first of them.
        CREATE TABLE rollup_campaigns (
            brand TEXT NOT NULL, day INTEGER NOT NULL, campaign TEXT NOT NULL, creator TEXT NOT NULL, cell BLOB NOT NULL,
            PRIMARY KEY (brand, day, campaign, creator)) WITHOUT ROWID;
        CREATE TABLE rollup_fortnights (
            brand TEXT NOT NULL, day INTEGER NOT NULL, campaign TEXT NOT NULL, creator TEXT NOT NULL, cell BLOB NOT NULL,
            PRIMARY KEY (brand, day, campaign, creator)) WITHOUT ROWID;
        CREATE TABLE rollup_seasons (
            brand TEXT NOT NULL, day INTEGER NOT NULL, campaign TEXT NOT NULL, creator TEXT NOT NULL, cell BLOB NOT NULL,
            PRIMARY KEY (brand, day, campaign, creator)) WITHOUT ROWID;

        CREATE TABLE unmatched (
            brand TEXT NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (brand, kind, name, day)) WITHOUT ROWID;

        CREATE TABLE manifests (
            seq INTEGER PRIMARY KEY, brand TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
            first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, sums BLOB NOT NULL, UNIQUE (brand, number));
        CREATE INDEX manifests_at ON manifests (brand, at, first_day, last_day);

        CREATE TABLE closed_days (brand TEXT NOT NULL, through INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (brand, through)) WITHOUT ROWID;

        CREATE TABLE jobs (name TEXT PRIMARY KEY, ran_at INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE fits (
            brand TEXT NOT NULL, number INTEGER NOT NULL, catalog_version INTEGER NOT NULL, doc BLOB NOT NULL,
            PRIMARY KEY (brand, number)) WITHOUT ROWID;

        CREATE TABLE fit_attempts (brand TEXT PRIMARY KEY, at INTEGER NOT NULL, refusal TEXT) WITHOUT ROWID;

        CREATE TABLE keys (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL, scopes INTEGER NOT NULL, brand TEXT, source TEXT NOT NULL,
            speaks_for_others INTEGER NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, used_at INTEGER) WITHOUT ROWID;

        CREATE TABLE users (
            name TEXT PRIMARY KEY, password TEXT, scopes INTEGER NOT NULL, brand TEXT, created_at INTEGER NOT NULL, wrong_tries INTEGER NOT NULL,
            locked_until INTEGER, signed_in_at INTEGER) WITHOUT ROWID;

        CREATE TABLE session_keys (name TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE webhook_secrets (
            id TEXT PRIMARY KEY, vendor TEXT NOT NULL, source TEXT NOT NULL, brand TEXT NOT NULL, secret TEXT NOT NULL,
            created_at INTEGER NOT NULL, revoked_at INTEGER, used_at INTEGER) WITHOUT ROWID;

        CREATE TABLE runs (
            id BLOB PRIMARY KEY, kind TEXT NOT NULL, request BLOB NOT NULL, status INTEGER NOT NULL, attempt INTEGER NOT NULL, done INTEGER NOT NULL,
            total INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, answer BLOB NOT NULL, fault TEXT, phase TEXT) WITHOUT ROWID;

        CREATE TABLE catalog_items (
            kind INTEGER NOT NULL, id TEXT NOT NULL, item TEXT NOT NULL, matched INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (kind, id)) WITHOUT ROWID;
        CREATE TABLE catalog_history (
            seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
            by_name TEXT, by_key TEXT, item TEXT);
        CREATE INDEX catalog_history_item ON catalog_history (kind, id, seq);

        CREATE TABLE accruals (
            brand TEXT NOT NULL, agreement TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, day INTEGER NOT NULL, kind INTEGER NOT NULL,
            net INTEGER NOT NULL, micros INTEGER NOT NULL, commission INTEGER NOT NULL, PRIMARY KEY (brand, agreement, key)) WITHOUT ROWID;

        CREATE TABLE adjustments (
            brand TEXT NOT NULL, agreement TEXT NOT NULL, period TEXT NOT NULL, day INTEGER NOT NULL, reason INTEGER NOT NULL,
            campaign TEXT NOT NULL, creator TEXT NOT NULL, amount INTEGER NOT NULL,
            PRIMARY KEY (brand, agreement, period, day, reason, campaign, creator)) WITHOUT ROWID;

        CREATE TABLE agreement_books (
            brand TEXT NOT NULL, agreement TEXT NOT NULL, revision INTEGER NOT NULL, reckoned INTEGER NOT NULL, booking INTEGER NOT NULL,
            PRIMARY KEY (brand, agreement)) WITHOUT ROWID;
        CREATE INDEX agreement_books_changed ON agreement_books (brand, agreement) WHERE revision <> reckoned;

        CREATE TABLE statements (
            brand TEXT NOT NULL, number INTEGER NOT NULL, creator TEXT NOT NULL, month INTEGER NOT NULL, carried_in INTEGER NOT NULL,
            carried_out INTEGER NOT NULL,
            closed_at INTEGER NOT NULL, by_name TEXT NOT NULL, by_key TEXT, PRIMARY KEY (brand, number), UNIQUE (brand, creator, month)) WITHOUT ROWID;

        CREATE TABLE statement_lines (
            brand TEXT NOT NULL, creator TEXT NOT NULL, item TEXT NOT NULL, campaign TEXT NOT NULL, number INTEGER NOT NULL, day INTEGER NOT NULL,
            agreement TEXT,
            kind INTEGER NOT NULL, amount INTEGER NOT NULL, approved_by TEXT NOT NULL, approved_at INTEGER,
            PRIMARY KEY (brand, creator, number, item, campaign)) WITHOUT ROWID;

        CREATE TABLE payouts (
            brand TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, by_name TEXT NOT NULL, by_key TEXT, reference TEXT,
            PRIMARY KEY (brand, number)) WITHOUT ROWID;

        CREATE TABLE approvals (
            brand TEXT NOT NULL, creator TEXT NOT NULL, item TEXT NOT NULL, campaign TEXT NOT NULL, at INTEGER NOT NULL, by_name TEXT NOT NULL,
            by_key TEXT,
            PRIMARY KEY (brand, creator, item, campaign)) WITHOUT ROWID;

        CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, by_name TEXT NOT NULL, by_key TEXT, action TEXT NOT NULL, status INTEGER);
        INSERT INTO catalog_items (kind, id, item) VALUES (1, 'default',
            '{"id":"default","name":"Default","currency":"USD","timeZone":"Etc/UTC",'
            || '"bookModel":"last_touch","policy":{"name":"code_first"},"lookback":{"click":"P30D","visit":"P7D"}}');
        """,

        // Shares are split over placements. All journeys are stale once, and re-evaluated in the background.
        """
        UPDATE meta SET value = value + 1 WHERE key = 'catalog_version' AND EXISTS (SELECT 1 FROM journeys);
        UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'catalog_version')
            WHERE key = 'journeys_version' AND EXISTS (SELECT 1 FROM journeys);
        INSERT INTO meta SELECT 'placement_shares_version', value FROM meta
            WHERE key = 'journeys_version' AND EXISTS (SELECT 1 FROM journeys);
        INSERT OR IGNORE INTO meta VALUES ('placement_shares_version', 0);
        """,

        // The value of meta is empty for the first version of every format.
        """
        INSERT INTO meta VALUES ('formats', '');
        CREATE TABLE processes (id TEXT PRIMARY KEY, build TEXT NOT NULL, formats TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        """,

        // Sessions of users, and their sign-in attempts by address.
        """
        CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
        ALTER TABLE users ADD COLUMN addresses TEXT;
        """,

        // Customers are new by their earlier orders. All journeys are stale once, and re-evaluated in the background.
        """
        UPDATE meta SET value = value + 1 WHERE key = 'catalog_version' AND EXISTS (SELECT 1 FROM journeys);
        UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'catalog_version')
            WHERE key = 'journeys_version' AND EXISTS (SELECT 1 FROM journeys);
        INSERT INTO meta SELECT 'first_orders_version', value FROM meta
            WHERE key = 'journeys_version' AND EXISTS (SELECT 1 FROM journeys);
        INSERT OR IGNORE INTO meta VALUES ('first_orders_version', 0);
        """,

        // An applied set has the version of the catalog from which on journeys are evaluated with it.
        """
        CREATE TABLE data_sets (
            kind TEXT NOT NULL, number INTEGER NOT NULL, version TEXT NOT NULL, applied INTEGER, sealed_before INTEGER NOT NULL,
            completed_at INTEGER, journeys INTEGER, orders INTEGER, sealed_orders INTEGER, content BLOB NOT NULL, PRIMARY KEY (kind, number));
        """,

        // Sources may send amounts in minor units. The hours of deliveries tell the usual pace of a shop.
        """
        ALTER TABLE keys ADD COLUMN minor_units INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE webhook_secrets ADD COLUMN minor_units INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE webhook_hours (secret TEXT NOT NULL, hour INTEGER NOT NULL, PRIMARY KEY (secret, hour)) WITHOUT ROWID;
        """,

        // Users can be invited by a link, and disabled.
        """
        ALTER TABLE users ADD COLUMN invitation TEXT;
        ALTER TABLE users ADD COLUMN invited_until INTEGER;
        ALTER TABLE users ADD COLUMN disabled_at INTEGER;
        """,

        // Webhook subscriptions. Payments are numbered from here on, so that they can be read in their order.
        """
        CREATE TABLE webhook_subscriptions (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE webhook_deliveries (
            subscription TEXT NOT NULL, message TEXT NOT NULL, status INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL,
            PRIMARY KEY (subscription, message)) WITHOUT ROWID;
        CREATE INDEX webhook_deliveries_at ON webhook_deliveries (subscription, status, at);
        CREATE INDEX webhook_deliveries_parked ON webhook_deliveries (status) WHERE status = 1;
        ALTER TABLE payouts ADD COLUMN payment INTEGER;
        CREATE UNIQUE INDEX payouts_payment ON payouts (brand, payment) WHERE payment IS NOT NULL;
        """,
    ];
}
