//go:build js && wasm

package jsbridge

import "strings"

// DeviceName describes the browser to its user, such as "Firefox on Linux".
func (h *Host) DeviceName() string {
	agent := text(get(h.v, "page"), "userAgent")
	find := func(names ...string) string {
		for _, n := range names {
			mark, name, ok := strings.Cut(n, "=")
			if !ok {
				name = mark
			}
			if strings.Contains(agent, mark) {
				return name
			}
		}
		return ""
	}
	// Order matters: every browser names those it descends from.
	browser := find("Edg=Edge", "OPR=Opera", "Firefox", "FxiOS=Firefox", "CriOS=Chrome", "Chrome", "Safari")
	system := find("Android", "iPhone", "iPad", "Windows", "CrOS=ChromeOS", "Mac OS=macOS", "Linux")
	switch {
	case browser == "":
		return "Browser"
	case system == "":
		return browser
	}
	return browser + " on " + system
}
