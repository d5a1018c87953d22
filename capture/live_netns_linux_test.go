package capture

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inNamespace runs the body of a test in a network namespace of its own, in which there is the veth pair c7a and c7b and
// nothing else: it starts the test's program again in it. No rights are needed where users may have namespaces.
func inNamespace(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	const inside = "C7MON_TEST_NAMESPACE"
	if os.Getenv(inside) == "" {
		c := exec.Command(os.Args[0], "-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.v", "-test.timeout=5m")
		c.Env = append(os.Environ(), inside+"=1")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
		if os.Getuid() != 0 {
			c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
			c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		}
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("in a network namespace (root, or user namespaces are needed): %v\n%s", err, out)
		}
		if !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Fatalf("it did not run:\n%s", out)
		}
		return
	}
	pair(t)
	body(t)
}

// pair makes the veth pair.
func pair(t *testing.T) {
	t.Helper()
	ip(t, "link add c7a type veth peer name c7b")
	ip(t, "link set c7a up")
	ip(t, "link set c7b up")
}

// ip runs the program of this name.
func ip(t testing.TB, args string) {
	t.Helper()
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v: %s(install it with: apt-get install iproute2)", args, err, out)
	}
}

// A sender puts frames on an interface, as only tests do.
type sender struct{ fd, index int }

func newSender(t testing.TB, name string) *sender {
	t.Helper()
	i, err := net.InterfaceByName(name)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: i.Index}); err != nil {
		t.Fatal(err)
	}
	return &sender{fd, i.Index}
}

func (s *sender) send(t testing.TB, frame []byte) {
	t.Helper()
	for {
		err := unix.Sendto(s.fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: s.index})
		if err == nil {
			return
		}
		if err != unix.ENOBUFS && err != unix.EINTR {
			t.Fatal(fmt.Errorf("send: %w", err))
		}
	}
}

// openLive hears c7a, as the options say.
func openLive(t testing.TB, opt LiveOptions) *Live {
	t.Helper()
	if opt.Interface == "" {
		opt.Interface = "c7a"
	}
	opt.Promiscuous = true
	l, err := OpenLive(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
