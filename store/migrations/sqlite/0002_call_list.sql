-- The calls as c7mon calls prints them: codes by name, durations in milliseconds.
-- +goose Up
CREATE VIEW call_list AS SELECT
    id, service, protocol, network, ni, opc, dpc, cic, calling, calling_noa, calling_presentation, category, called,
    called_noa, redirecting, original_called, tmr,
    strftime('%Y-%m-%dT%H:%M:%S', (start - (start % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (start % 1000000 + 1000000) % 1000000) AS start,
    strftime('%Y-%m-%dT%H:%M:%S', (acm - (acm % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (acm % 1000000 + 1000000) % 1000000) AS acm,
    strftime('%Y-%m-%dT%H:%M:%S', (alerting - (alerting % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (alerting % 1000000 + 1000000) % 1000000) AS alerting,
    strftime('%Y-%m-%dT%H:%M:%S', (answer - (answer % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (answer % 1000000 + 1000000) % 1000000) AS answer,
    strftime('%Y-%m-%dT%H:%M:%S', (release - (release % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (release % 1000000 + 1000000) % 1000000) AS release,
    strftime('%Y-%m-%dT%H:%M:%S', (release_complete - (release_complete % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (release_complete % 1000000 + 1000000) % 1000000) AS release_complete,
    strftime('%Y-%m-%dT%H:%M:%S', (ended - (ended % 1000000 + 1000000) % 1000000) / 1000000, 'unixepoch') ||
        printf('.%06dZ', (ended % 1000000 + 1000000) % 1000000) AS ended,
    CASE WHEN flags & 1 = 0 THEN max(0, (acm - start) / 1000) END AS setup_ms,
    max(0, (coalesce(answer, release, ended) - alerting) / 1000) AS ring_ms,
    CASE WHEN release IS NOT NULL THEN max(0, (release - answer) / 1000)
        WHEN end_reason IN (2, 3, 4, 5) THEN max(0, (ended - answer) / 1000) END AS talk_ms,
    CASE outcome WHEN 1 THEN 'glare' WHEN 2 THEN 'reattempt' WHEN 3 THEN 'answered' WHEN 4 THEN 'unknown'
        WHEN 5 THEN 'reset' WHEN 6 THEN 'abandoned' WHEN 7 THEN 'busy' WHEN 8 THEN 'no_answer' WHEN 9 THEN 'rejected'
        WHEN 10 THEN 'unallocated' WHEN 11 THEN 'congestion' WHEN 12 THEN 'failed' WHEN 13 THEN 'open'
        WHEN 14 THEN 'lost' END AS outcome,
    CASE end_reason WHEN 1 THEN 'release' WHEN 2 THEN 'reset' WHEN 3 THEN 'group_reset' WHEN 4 THEN 'unequipped'
        WHEN 5 THEN 'blocking' WHEN 6 THEN 'continuity' WHEN 7 THEN 'new_iam' WHEN 8 THEN 'timeout'
        WHEN 9 THEN 'capture_end' WHEN 10 THEN 'glare' WHEN 11 THEN 'restart' END AS end_reason,
    cause,
    CASE cause_location WHEN 0 THEN 'U' WHEN 1 THEN 'LPN' WHEN 2 THEN 'LN' WHEN 3 THEN 'TN' WHEN 4 THEN 'RLN'
        WHEN 5 THEN 'RPN' WHEN 7 THEN 'INTL' WHEN 10 THEN 'BI' ELSE CAST(cause_location AS text) END AS cause_location,
    cause_coding,
    CASE released_by WHEN 1 THEN 'calling' WHEN 2 THEN 'called' END AS released_by,
    trunk_group,
    CASE charge WHEN 1 THEN 'no_charge' WHEN 2 THEN 'charge' END AS charge,
    coalesce(suspended_us, 0) / 1000 AS suspended_ms,
    (SELECT path FROM captures WHERE captures.id = calls.capture) AS capture,
    first_frame, last_frame, messages,
    rtrim(CASE WHEN flags & 1 <> 0 THEN 'partial ' ELSE '' END ||
        CASE WHEN flags & 2 <> 0 THEN 'suspect ' ELSE '' END || CASE WHEN flags & 4 <> 0 THEN 'overlap ' ELSE '' END ||
        CASE WHEN flags & 8 <> 0 THEN 'suspended ' ELSE '' END ||
        CASE WHEN flags & 16 <> 0 THEN 'continuity_failed ' ELSE '' END ||
        CASE WHEN flags & 32 <> 0 THEN 'release_collision ' ELSE '' END ||
        CASE WHEN flags & 64 <> 0 THEN 'dual_seizure ' ELSE '' END ||
        CASE WHEN flags & 128 <> 0 THEN 'no_rlc ' ELSE '' END) AS flags
FROM calls;

-- +goose Down
DROP VIEW call_list;
