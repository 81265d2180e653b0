package core

import (
	"strconv"
	"strings"

	"rsc.io/qr/coding"
)

// qrCode draws text as an SVG image: one path on a white ground, a quiet zone of
// four modules as ISO/IEC 18004 asks. Empty when the text is too long for a code.
func qrCode(text string) string {
	const quiet = 4
	data := coding.String(text)
	level := coding.M
	version := coding.Version(1)
	for ; version <= coding.MaxVersion; version++ {
		if data.Bits(version) <= version.DataBytes(level)*8 {
			break
		}
	}
	if version > coding.MaxVersion {
		return ""
	}
	plan, err := coding.NewPlan(version, level, 0)
	if err != nil {
		return ""
	}
	code, err := plan.Encode(data)
	if err != nil {
		return ""
	}
	size := strconv.Itoa(code.Size + 2*quiet)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + size + " " + size +
		`" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h` + size + "v" + size + `H0z"/><path fill="#000" d="`)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}
