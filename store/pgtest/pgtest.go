// Package pgtest gives tests and benchmarks a real PostgreSQL: it starts a private server from the installed binaries,
// reached over a socket in a folder of its own, and takes it away at the end.
package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Env names the environment variable with the URL of a server to use instead of a private one: its user must be allowed
// to create databases.
const Env = "C7MON_TEST_DB"

// A Cluster is a server that is started when it is first asked for. The zero Cluster is ready for use; one serves a test
// binary, whose TestMain stops it:
//
//	var cluster pgtest.Cluster
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		cluster.Stop()
//		os.Exit(code)
//	}
type Cluster struct {
	Settings []string // further settings of the server, such as "fsync=off"

	once   sync.Once
	err    error
	base   string // URL of the server's database postgres
	bin    string // folder of the binaries, "" where Env names the server
	dir    string
	server *exec.Cmd
	ended  chan struct{}
	log    bytes.Buffer
	made   int
	mu     sync.Mutex
}

// Locked is a role of a private server that needs the password LockedPassword; all others need none.
const (
	Locked         = "locked"
	LockedPassword = "right"
)

// Database makes a new empty database and gives its URL; it is dropped when the test ends. A server that cannot be
// started fails the test, and the message says how to install one.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	c.once.Do(func() { c.err = c.start() })
	if c.err != nil {
		t.Fatal(c.err)
	}
	c.mu.Lock()
	c.made++
	name := fmt.Sprintf("c7mon_test_%d_%d", os.Getpid(), c.made)
	c.mu.Unlock()
	if err := c.exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(c.base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Private tells whether the server is ours, and so has the role Locked.
func (c *Cluster) Private() bool { return c.bin != "" }

// Psql gives the path of the psql that belongs to the server.
func (c *Cluster) Psql() string {
	if c.bin != "" {
		return filepath.Join(c.bin, "psql")
	}
	return "psql"
}

// Stop ends the server, when one was started, and removes its folder.
func (c *Cluster) Stop() {
	if c.server != nil {
		c.server.Process.Signal(syscall.SIGINT) // a fast shutdown
		<-c.ended
	}
	if c.dir != "" {
		os.RemoveAll(c.dir)
	}
}

// exec runs one statement on the server's database postgres.
func (c *Cluster) exec(sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.base)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// start brings the server up: one that Env names, or a private one.
func (c *Cluster) start() error {
	if c.base = os.Getenv(Env); c.base != "" {
		return c.exec("SELECT 1")
	}
	bin, err := findBinaries()
	if err != nil {
		return err
	}
	c.bin = bin
	if c.dir, err = os.MkdirTemp("/tmp", "c7mon-pg-"); err != nil {
		return err
	}
	attr, err := owner(c.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(c.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "c7mon", "-A", "trust", "-E", "UTF8",
		"--no-locale", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = c.dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	hba := "local all " + Locked + " scram-sha-256\nlocal all all trust\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		return err
	}
	if err := c.serve(data, attr); err != nil {
		return err
	}
	c.base = "postgres://c7mon@/postgres?host=" + url.QueryEscape(c.dir)
	return c.wait()
}

// serve starts the server. The thread that starts it waits for it, so that the server ends with this process however
// that ends.
func (c *Cluster) serve(data string, attr *syscall.SysProcAttr) error {
	args := []string{"-D", data, "-k", c.dir, "-c", "listen_addresses="}
	for _, s := range c.Settings {
		args = append(args, "-c", s)
	}
	server := exec.Command(filepath.Join(c.bin, "postgres"), args...)
	server.Dir, server.Stdout, server.Stderr = c.dir, &c.log, &c.log
	withParent := *attr
	dieWithParent(&withParent)
	server.SysProcAttr = &withParent
	started := make(chan error)
	c.ended = make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := server.Start()
		started <- err
		if err == nil {
			server.Wait() // its end is all that is wanted
		}
		close(c.ended)
	}()
	if err := <-started; err != nil {
		return err
	}
	c.server = server
	return nil
}

// wait waits until the server answers.
func (c *Cluster) wait() error {
	var err error
	for range 300 {
		if err = c.exec("CREATE ROLE " + Locked + " LOGIN PASSWORD '" + LockedPassword + "'"); err == nil {
			return nil
		}
		select {
		case <-c.ended:
			return fmt.Errorf("postgres ended: %s", c.log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("postgres does not answer: %w", err)
}

// findBinaries gives the folder of initdb and postgres: of the newest version installed, else what PATH has.
func findBinaries() (string, error) {
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb",
		"/opt/homebrew/opt/postgresql@*/bin/initdb"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		found = append(found, more...)
	}
	if len(found) == 0 {
		in, err := exec.LookPath("initdb")
		if err != nil {
			return "", fmt.Errorf("no PostgreSQL here: apt-get install postgresql (or set %s to the URL of a server)", Env)
		}
		found = append(found, in)
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })), nil
}

// version gives the number in a path such as /usr/lib/postgresql/15/bin/initdb.
func version(path string) (v int) {
	for part := range strings.SplitSeq(path, "/") {
		if n, err := strconv.Atoi(strings.TrimLeft(part, "postgreql@-")); err == nil {
			v = n
		}
	}
	return v
}

// owner gives dir to the user that the server runs as: root may not run it, so for root that is postgres or nobody.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}
