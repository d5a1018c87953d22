package main

import (
	"io"
	"os"
)

// writeTo gives a writer to standard output or to a file. The file is made when the first octet comes, so that a command
// that has nothing to write leaves what was there, and taken away when it could not be finished.
func (a *app) writeTo(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(a.stdout)
	}
	f := &lateFile{path: path}
	err := write(f)
	if f.File == nil {
		return err
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// A lateFile is a file that is made by the first Write.
type lateFile struct {
	*os.File
	path string
}

func (f *lateFile) Write(b []byte) (n int, err error) {
	if f.File == nil {
		if f.File, err = os.Create(f.path); err != nil {
			return 0, err
		}
	}
	return f.File.Write(b)
}
