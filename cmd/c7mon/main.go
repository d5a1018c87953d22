// Command c7mon listens to SS7/C7 signalling, in capture files and on links, and says why calls fail.
package main

import (
	"os"
	_ "time/tzdata" // zones are known on machines that have no zone files
)

func main() { os.Exit(Execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
