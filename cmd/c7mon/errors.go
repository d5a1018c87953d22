package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// oneLine writes an error as one line that says what is wrong and what to do.
func oneLine(err error) string {
	text := err.Error()
	if path := (*fs.PathError)(nil); errors.As(err, &path) && text == path.Error() {
		text = pathError(path)
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\n", "; ")), " ")
}

// pathError says what to do about a file that the system does not give.
func pathError(err *fs.PathError) string {
	switch {
	case errors.Is(err.Err, fs.ErrNotExist):
		dir := filepath.Dir(err.Path)
		if _, missing := os.Stat(dir); missing != nil {
			return fmt.Sprintf("%s: there is no folder %s: create it, or name another file", err.Path, dir)
		}
		return fmt.Sprintf("%s: there is no such file: correct the name", err.Path)
	case errors.Is(err.Err, fs.ErrPermission):
		return fmt.Sprintf("%s: permission denied: chmod or chown it, or name another file", err.Path)
	}
	return fmt.Sprintf("%s: %v", err.Path, err.Err)
}
