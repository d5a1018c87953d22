-- What calls ought to have cost by a book of tariffs. A charge goes with its call: when that is replaced, named anew or taken
-- away, its charge is taken away.
-- +goose Up

CREATE TABLE charge_terms (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status      text COLLATE "C" NOT NULL,
    book        text COLLATE "C" NOT NULL,
    fingerprint text COLLATE "C" NOT NULL,
    tariff      text COLLATE "C" NOT NULL,
    prefix      text COLLATE "C" NOT NULL,
    destination text COLLATE "C" NOT NULL,
    currency    text COLLATE "C" NOT NULL,
    decimals    smallint NOT NULL,
    UNIQUE (fingerprint, status, tariff, prefix, destination, book, currency, decimals)
);

CREATE TABLE charges (
    start timestamptz NOT NULL,
    id    bigint NOT NULL,
    units bigint NOT NULL,
    money bigint,
    terms integer NOT NULL,
    PRIMARY KEY (start, id)
);

-- +goose StatementBegin
CREATE FUNCTION charge_goes_with_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM charges;
    ELSIF current_setting('c7mon.moving', true) IS DISTINCT FROM 'on' THEN -- a call that gets another partition is the same
        DELETE FROM charges WHERE start = OLD.start AND id = OLD.id;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER charge_goes AFTER UPDATE OR DELETE ON calls FOR EACH ROW EXECUTE FUNCTION charge_goes_with_call();
CREATE TRIGGER charges_go AFTER TRUNCATE ON calls FOR EACH STATEMENT EXECUTE FUNCTION charge_goes_with_call();

CREATE VIEW charge_list AS SELECT
    calls.start, calls.id, calls.service, calls.trunk_group, calls.calling, calls.called, calls.answer, calls.release, terms.status,
    round(charges.units / 1000.0, 3) AS units,
    round(charges.money / power(10::numeric, terms.decimals), terms.decimals) AS money,
    nullif(terms.currency, '') AS currency, nullif(terms.tariff, '') AS tariff, nullif(terms.prefix, '') AS prefix,
    nullif(terms.destination, '') AS destination, nullif(terms.book, '') AS book,
    nullif(terms.fingerprint, '') AS fingerprint
FROM charges
    JOIN calls ON calls.start = charges.start AND calls.id = charges.id
    JOIN charge_terms AS terms ON terms.id = charges.terms;

-- +goose Down
DROP VIEW charge_list;
DROP TRIGGER charges_go ON calls;
DROP TRIGGER charge_goes ON calls;
DROP FUNCTION charge_goes_with_call();
DROP TABLE charges;
DROP TABLE charge_terms;
