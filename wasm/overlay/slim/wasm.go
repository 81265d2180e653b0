package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// WebAssembly core specification 1.0, section 5.5.
const (
	header      = "\x00asm\x01\x00\x00\x00"
	dataSection = 11

	opI32Const = 0x41
	opEnd      = 0x0b
)

var errMalformed = errors.New("malformed WebAssembly module")

type section struct {
	id   byte
	body []byte
}

func readSections(module []byte) ([]section, error) {
	rest, ok := bytes.CutPrefix(module, []byte(header))
	if !ok {
		return nil, errors.New("not a WebAssembly module")
	}
	var all []section
	r := reader{rest}
	for len(r.rest) > 0 {
		id := r.byte()
		all = append(all, section{id, r.take(r.unsigned())})
		if r.rest == nil {
			return nil, errMalformed
		}
	}
	return all, nil
}

func writeSections(sections []section) []byte {
	module := []byte(header)
	for _, s := range sections {
		module = append(module, s.id)
		module = binary.AppendUvarint(module, uint64(len(s.body)))
		module = append(module, s.body...)
	}
	return module
}

// image is the memory that the data section fills, from address base on.
type image struct {
	base int
	mem  []byte
}

func readData(body []byte) (image, error) {
	type segment struct {
		at   int
		data []byte
	}
	var segments []segment
	r := reader{body}
	for n := r.unsigned(); n > 0; n-- {
		flags, op := r.unsigned(), r.byte()
		at, end := int(r.signed()), r.byte()
		data := r.take(r.unsigned())
		if r.rest == nil {
			return image{}, errMalformed
		}
		if flags != 0 || op != opI32Const || end != opEnd || at < 0 {
			return image{}, errors.New("a data segment that Go's linker does not write")
		}
		segments = append(segments, segment{at, data})
	}
	if len(segments) == 0 || len(r.rest) > 0 {
		return image{}, errMalformed
	}
	slices.SortFunc(segments, func(a, b segment) int { return a.at - b.at })
	m := image{base: segments[0].at}
	for _, s := range segments {
		gap := s.at - m.base - len(m.mem)
		if gap < 0 {
			return image{}, fmt.Errorf("two data segments overlap at %d", s.at)
		}
		m.mem = append(append(m.mem, make([]byte, gap)...), s.data...)
	}
	return m, nil
}

// minGap is the shortest run of zeros that is left out between two segments.
// From 64 to 4096 the compressed size differs by 1 kB.
const minGap = 128

func (m image) encode() []byte {
	var segments []byte
	n := 0
	zeros := make([]byte, minGap)
	for at := 0; at < len(m.mem); n++ {
		length := bytes.Index(m.mem[at:], zeros)
		if length < 0 {
			length = len(m.mem) - at
		}
		segments = append(segments, 0, opI32Const)
		segments = appendSigned(segments, int64(m.base+at))
		segments = append(segments, opEnd)
		segments = binary.AppendUvarint(segments, uint64(length))
		segments = append(segments, m.mem[at:at+length]...)
		for at += length; at < len(m.mem) && m.mem[at] == 0; at++ {
		}
	}
	return append(binary.AppendUvarint(nil, uint64(n)), segments...)
}

// reader reads WebAssembly's encodings. Once something does not fit, rest is
// nil and every value is zero.
type reader struct{ rest []byte }

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.rest = nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) unsigned() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.rest = nil
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

func (r *reader) signed() int64 {
	var v int64
	for shift := 0; r.rest != nil && shift < 64; shift += 7 {
		c := r.byte()
		v |= int64(c&0x7f) << shift
		if c < 0x80 {
			if c&0x40 != 0 && shift < 57 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.rest = nil
	return 0
}

func appendSigned(b []byte, v int64) []byte {
	for v < -64 || v > 63 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v)&0x7f)
}
