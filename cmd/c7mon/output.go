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
	if f.file == nil {
		return err
	}
	if closing := f.file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// A lateFile is a file that is made by the first Write.
type lateFile struct {
	path string
	file *os.File
}

func (f *lateFile) Write(b []byte) (n int, err error) {
	if f.file == nil {
		if f.file, err = os.Create(f.path); err != nil {
			return 0, err
		}
	}
	return f.file.Write(b)
}
