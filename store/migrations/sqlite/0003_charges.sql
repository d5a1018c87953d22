-- What calls ought to have cost by a book of tariffs. A charge goes with its call: when that is replaced, named anew or taken
-- away, its charge is taken away.
-- +goose Up

CREATE TABLE charge_terms (
    id          integer PRIMARY KEY,
    status      text NOT NULL,
    book        text NOT NULL,
    fingerprint text NOT NULL,
    tariff      text NOT NULL,
    prefix      text NOT NULL,
    destination text NOT NULL,
    currency    text NOT NULL,
    decimals    integer NOT NULL,
    UNIQUE (fingerprint, status, tariff, prefix, destination, book, currency, decimals)
) STRICT;

CREATE TABLE charges (
    start integer NOT NULL,
    id    integer NOT NULL,
    units integer NOT NULL,
    money integer,
    terms integer NOT NULL,
    PRIMARY KEY (start, id)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER charge_goes_on_update AFTER UPDATE ON calls BEGIN
    DELETE FROM charges WHERE start = old.start AND id = old.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER charge_goes_on_delete AFTER DELETE ON calls BEGIN
    DELETE FROM charges WHERE start = old.start AND id = old.id;
END;
-- +goose StatementEnd

CREATE VIEW charge_list AS SELECT
    strftime('%Y-%m-%dT%H:%M:%S', (calls.start - (calls.start % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (calls.start % 1000000 + 1000000) % 1000000) AS start,
    calls.id, calls.service, calls.trunk_group, calls.calling, calls.called,
    strftime('%Y-%m-%dT%H:%M:%S', (calls.answer - (calls.answer % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (calls.answer % 1000000 + 1000000) % 1000000) AS answer,
    strftime('%Y-%m-%dT%H:%M:%S', (calls.release - (calls.release % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (calls.release % 1000000 + 1000000) % 1000000) AS release,
    terms.status,
    CASE WHEN charges.units < 0 THEN '-' ELSE '' END ||
        printf('%d.%03d', abs(charges.units / 1000), abs(charges.units % 1000)) AS units,
    CASE WHEN terms.decimals = 0 THEN CAST(charges.money AS text)
        ELSE CASE WHEN charges.money < 0 THEN '-' ELSE '' END ||
            substr(printf('%0*d', terms.decimals + 1, abs(charges.money)), 1,
                length(printf('%0*d', terms.decimals + 1, abs(charges.money))) - terms.decimals) || '.' ||
            substr(printf('%0*d', terms.decimals + 1, abs(charges.money)), -terms.decimals)
        END AS money,
    nullif(terms.currency, '') AS currency, nullif(terms.tariff, '') AS tariff, nullif(terms.prefix, '') AS prefix,
    nullif(terms.destination, '') AS destination, nullif(terms.book, '') AS book,
    nullif(terms.fingerprint, '') AS fingerprint
FROM charges
    JOIN calls ON calls.start = charges.start AND calls.id = charges.id
    JOIN charge_terms AS terms ON terms.id = charges.terms;

-- +goose Down
DROP VIEW charge_list;
DROP TRIGGER charge_goes_on_delete;
DROP TRIGGER charge_goes_on_update;
DROP TABLE charges;
DROP TABLE charge_terms;
