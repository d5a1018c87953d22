package tap

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inside is set in the environment of a process that has a network namespace of its own.
const inside = "C7MON_TEST_NAMESPACE"

// namespaced gives the command that runs the program of the tests again in a network namespace of its own. No rights are
// needed where users may have namespaces.
func namespaced(args ...string) *exec.Cmd {
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

// inNamespace runs the body of a test in a network namespace with the veth pair c7a and c7b and nothing else.
func inNamespace(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	if os.Getenv(inside) == "" {
		out, err := namespaced("-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.v", "-test.timeout=5m").CombinedOutput()
		if err != nil {
			t.Fatalf("in a network namespace (root, or user namespaces are needed): %v\n%s", err, out)
		}
		if !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Fatalf("it did not run:\n%s", out)
		}
		return
	}
	if err := pair(); err != nil {
		t.Fatal(err)
	}
	body(t)
}

// pair makes the veth pair.
func pair() error {
	if err := ip("link add c7a type veth peer name c7b"); err != nil {
		return err
	}
	if err := ip("link set c7a up"); err != nil {
		return err
	}
	return ip("link set c7b up")
}

// ip runs the program of this name.
func ip(args string) error {
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s(install it with: apt-get install iproute2)", args, err, out)
	}
	return nil
}

// A sender puts frames on an interface, as only tests do.
type sender int

func newSender(name string) (sender, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0, err
	}
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	// The protocol is what the socket would hear, and what it says of frames that it sends; one that nobody sends.
	return sender(fd), syscall.Bind(fd, &syscall.SockaddrLinklayer{Ifindex: i.Index, Protocol: 0xffff})
}

func (s sender) send(frame []byte) error {
	for {
		_, err := syscall.Write(int(s), frame)
		if err != syscall.ENOBUFS && err != syscall.EINTR {
			return err
		}
	}
}

func (s sender) close() { syscall.Close(int(s)) }

// listening waits until a socket hears the interface.
func listening(name string) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		b, err := os.ReadFile("/proc/self/net/packet")
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(b)) { // sk RefCnt Type Proto Iface R Rmem User Inode
			f := strings.Fields(line)
			if len(f) > 5 && f[3] == "0003" && f[4] == fmt.Sprint(i.Index) && f[5] == "1" {
				return nil
			}
		}
	}
	return fmt.Errorf("nobody hears %s", name)
}
