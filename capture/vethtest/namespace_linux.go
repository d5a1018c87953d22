package vethtest

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// inside is set in the environment of a process that has a network namespace of its own.
const inside = "C7MON_TEST_NAMESPACE"

// Command gives the command that runs the program of the tests again in a network namespace of its own, which has no veth
// pair yet.
func Command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), inside+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return c
}

// Run runs the body of a test in a network namespace with the veth pair c7a and c7b: it starts the test's program again in
// it.
func Run(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	if os.Getenv(inside) == "" {
		out, err := Command("-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.v", "-test.timeout=5m").CombinedOutput()
		if err != nil {
			t.Fatalf("in a network namespace (root, or user namespaces are needed): %v\n%s", err, out)
		}
		if !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Fatalf("it did not run:\n%s", out)
		}
		return
	}
	if err := Pair(); err != nil {
		t.Fatal(err)
	}
	body(t)
}

// Pair makes the veth pair.
func Pair() error {
	for _, args := range []string{"link add c7a type veth peer name c7b", "link set c7a up", "link set c7b up"} {
		if err := IP(args); err != nil {
			return err
		}
	}
	return nil
}

// IP runs the program ip with these arguments. Debian keeps it where the PATH of an ordinary user does not lead.
func IP(args string) error {
	name := "ip"
	for _, path := range [...]string{"/usr/sbin/ip", "/sbin/ip"} {
		if _, err := exec.LookPath(name); err != nil {
			name = path
		}
	}
	out, err := exec.Command(name, strings.Fields(args)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s(install it with: apt-get install iproute2)", args, err, out)
	}
	return nil
}
