//go:build !linux

package pgtest

import "syscall"

// dieWithParent does nothing where the system cannot tell.
func dieWithParent(*syscall.SysProcAttr) {}
