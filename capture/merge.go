package capture

// A merge keeps files by the key of their next frame, and by their place among the files where keys are equal, the
// first one at index 0: a binary heap.
type merge []*file

func (m merge) before(i, j int) bool {
	a, b := m[i], m[j]
	return a.key < b.key || a.key == b.key && a.index < b.index
}

// push adds a file whose key is set.
func (m *merge) push(f *file) {
	*m = append(*m, f)
	h := *m
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.before(i, up) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// settle puts the first file where it belongs after its key has changed; it is left out when it has no more frames.
func (m *merge) settle(more bool) {
	h := *m
	if !more {
		last := len(h) - 1
		h[0] = h[last]
		h[last] = nil
		h = h[:last]
		*m = h
	}
	for i := 0; ; {
		least := i
		if l := 2*i + 1; l < len(h) && h.before(l, least) {
			least = l
		}
		if r := 2*i + 2; r < len(h) && h.before(r, least) {
			least = r
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
