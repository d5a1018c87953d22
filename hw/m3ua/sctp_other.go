//go:build !linux || 386

package m3ua

import (
	"context"
	"errors"
)

// connect would set an association up.
func (s *setting) connect(context.Context) (association, error) {
	return nil, errors.New("there is no SCTP on this system: live M3UA needs Linux")
}
