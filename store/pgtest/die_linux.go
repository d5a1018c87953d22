package pgtest

import "syscall"

// dieWithParent has the server shut down when the thread that started it ends.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
