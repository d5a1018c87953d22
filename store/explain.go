package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// An explained is an error of a database in the words of the one who has to mend it.
type explained struct {
	line  string
	cause error
}

func (e *explained) Error() string { return e.line }
func (e *explained) Unwrap() error { return e.cause }

// address names a PostgreSQL database as one would write it, without the password.
func address(c *pgx.ConnConfig) string {
	if strings.HasPrefix(c.Host, "/") {
		return fmt.Sprintf("postgres database %s at %s/.s.PGSQL.%d", c.Database, c.Host, c.Port)
	}
	return fmt.Sprintf("postgres database %s at %s", c.Database, net.JoinHostPort(c.Host, fmt.Sprint(c.Port)))
}

// explainPostgres turns an error of the server, or of the way to it, into one line that says what to do.
func explainPostgres(c *pgx.ConnConfig, err error) error {
	var done *explained
	if err == nil || errors.As(err, &done) {
		return err
	}
	where := address(c)
	line := func(format string, args ...any) error {
		return &explained{where + ": " + fmt.Sprintf(format, args...), err}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !connecting(err) {
		return line("stopped before the server had done")
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		if remedy, known := pgRemedies[e.Code]; known {
			return line("%s", strings.NewReplacer("{user}", c.User, "{database}", c.Database, "{message}", e.Message).Replace(remedy))
		}
		return line("%s (SQLSTATE %s): see the server's log", oneLine(e.Message), e.Code)
	}
	if connecting(err) {
		return line("no PostgreSQL server answers there (%s): start it, or correct host and port in --db", reason(err))
	}
	return line("the connection broke (%s): see the server's log, then run the command again", reason(err))
}

// pgRemedies says for SQLSTATE codes (PostgreSQL appendix A) what is wrong and what to do.
var pgRemedies = map[string]string{
	"28P01": "wrong password for user {user}: give the right one in --db, PGPASSWORD or ~/.pgpass",
	"28000": "the server does not let user {user} in ({message}): create the user or allow it in pg_hba.conf",
	"3D000": "there is no such database: create it with createdb {database}, or correct the name in --db",
	"42501": "user {user} lacks a right ({message}): GRANT ALL ON DATABASE {database} and ON SCHEMA public to it",
	"25006": "the server is read-only: connect to the primary, not to a standby",
	"53100": "the server's disk is full: make room there, then run the command again",
	"53300": "the server has no connection left: end others or raise max_connections",
	"57P01": "the server ended the connection ({message}): run the command again when it is up",
	"57P03": "the server is starting or stopping: try again in a moment",
	"55P03": "another program holds a lock ({message}): wait until it ends, then run the command again",
	"42P01": "a table is missing ({message}): the schema was changed by hand; restore it, or use an empty database",
	"42P07": "a table of the same name is there that c7mon did not make ({message}): use an empty database",
	"42703": "a column is missing ({message}): the schema was changed by hand; restore it, or use an empty database",
}

// connecting tells whether an error came before there was a connection.
func connecting(err error) bool {
	var e *pgconn.ConnectError
	return errors.As(err, &e)
}

// reason gives the innermost cause of an error of the network, without the addresses that are named already.
func reason(err error) string {
	var dns *net.DNSError
	var call *os.SyscallError
	switch {
	case errors.As(err, &dns):
		return dns.Err + " " + dns.Name
	case errors.As(err, &call):
		return call.Err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return oneLine(err.Error())
		}
		err = inner
	}
}

// oneLine joins the lines of a message.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
