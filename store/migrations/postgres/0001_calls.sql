-- +goose Up

CREATE TABLE captures (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    path       text COLLATE "C" NOT NULL,
    size       bigint NOT NULL,
    sha256     bytea NOT NULL,
    first_time timestamptz,
    last_time  timestamptz,
    frames     bigint NOT NULL,
    bytes      bigint NOT NULL,
    UNIQUE (path, sha256, size)
);

CREATE TABLE coverage (
    capture   integer NOT NULL REFERENCES captures (id) ON DELETE CASCADE,
    link      text COLLATE "C" NOT NULL,
    direction smallint NOT NULL,
    quarter   timestamptz NOT NULL,
    seen      bigint NOT NULL,
    expected  bigint,
    PRIMARY KEY (quarter, capture, link, direction)
);
CREATE INDEX coverage_capture ON coverage (capture);

CREATE TABLE calls (
    start                        timestamptz NOT NULL,
    id                           bigint NOT NULL,
    acm                          timestamptz,
    alerting                     timestamptz,
    answer                       timestamptz,
    release                      timestamptz,
    release_complete             timestamptz,
    ended                        timestamptz,
    first_frame                  bigint,
    last_frame                   bigint,
    suspended_us                 bigint,
    cic                          bigint NOT NULL,
    opc                          integer NOT NULL,
    dpc                          integer NOT NULL,
    capture                      integer,
    last_capture                 integer,
    messages                     integer NOT NULL,
    flags                        integer NOT NULL,
    ni                           smallint NOT NULL,
    category                     smallint,
    tmr                          smallint,
    called_noa                   smallint,
    called_presentation          smallint,
    calling_noa                  smallint,
    calling_presentation         smallint,
    redirecting_noa              smallint,
    redirecting_presentation     smallint,
    original_called_noa          smallint,
    original_called_presentation smallint,
    number_end                   smallint,
    outcome                      smallint NOT NULL,
    end_reason                   smallint NOT NULL,
    cause                        smallint,
    cause_location               smallint,
    cause_coding                 smallint,
    released_by                  smallint,
    charge                       smallint,
    network                      text COLLATE "C" NOT NULL,
    protocol                     text COLLATE "C" NOT NULL,
    service                      text COLLATE "C",
    trunk_group                  text COLLATE "C",
    called                       text COLLATE "C",
    calling                      text COLLATE "C",
    redirecting                  text COLLATE "C",
    original_called              text COLLATE "C",
    PRIMARY KEY (start, id)
) PARTITION BY RANGE (start);

CREATE TABLE calls_default PARTITION OF calls DEFAULT;

-- +goose Down
DROP TABLE calls;
DROP TABLE coverage;
DROP TABLE captures;
