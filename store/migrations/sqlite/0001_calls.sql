-- +goose Up

CREATE TABLE captures (
    id         integer PRIMARY KEY,
    path       text NOT NULL,
    size       integer NOT NULL,
    sha256     blob NOT NULL,
    first_time integer,
    last_time  integer,
    frames     integer NOT NULL,
    bytes      integer NOT NULL,
    UNIQUE (path, sha256, size)
) STRICT;

CREATE TABLE coverage (
    capture   integer NOT NULL REFERENCES captures (id) ON DELETE CASCADE,
    link      text NOT NULL,
    direction integer NOT NULL,
    quarter   integer NOT NULL,
    seen      integer NOT NULL,
    expected  integer,
    PRIMARY KEY (quarter, capture, link, direction)
) STRICT;
CREATE INDEX coverage_capture ON coverage (capture);

CREATE TABLE calls (
    start                        integer NOT NULL,
    id                           integer NOT NULL,
    acm                          integer,
    alerting                     integer,
    answer                       integer,
    release                      integer,
    release_complete             integer,
    ended                        integer,
    first_frame                  integer,
    last_frame                   integer,
    suspended_us                 integer,
    cic                          integer NOT NULL,
    opc                          integer NOT NULL,
    dpc                          integer NOT NULL,
    capture                      integer,
    last_capture                 integer,
    messages                     integer NOT NULL,
    flags                        integer NOT NULL,
    ni                           integer NOT NULL,
    category                     integer,
    tmr                          integer,
    called_noa                   integer,
    called_presentation          integer,
    calling_noa                  integer,
    calling_presentation         integer,
    redirecting_noa              integer,
    redirecting_presentation     integer,
    original_called_noa          integer,
    original_called_presentation integer,
    number_end                   integer,
    outcome                      integer NOT NULL,
    end_reason                   integer NOT NULL,
    cause                        integer,
    cause_location               integer,
    cause_coding                 integer,
    released_by                  integer,
    charge                       integer,
    network                      text NOT NULL,
    protocol                     text NOT NULL,
    service                      text,
    trunk_group                  text,
    called                       text,
    calling                      text,
    redirecting                  text,
    original_called              text,
    PRIMARY KEY (start, id)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE calls;
DROP TABLE coverage;
DROP TABLE captures;
