package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

//go:embed package.json
var packageJSON []byte

// packageManifest is package.json. What is published also says where it comes from: the https address of its repository, which
// has a page of issues as GitHub and GitLab have it, and its author. Neither is known before somebody publishes.
func packageManifest(repository, author string) ([]byte, error) {
	text := bytes.TrimSuffix(bytes.TrimSpace(packageJSON), []byte("\n}"))
	add := func(key string, value any) {
		member, _ := json.Marshal(value) // strings and maps of strings
		text = fmt.Appendf(text, ",\n  %q: %s", key, member)
	}
	if author != "" {
		add("author", author)
	}
	if repository != "" {
		address, err := url.Parse(repository)
		if err != nil || address.Scheme != "https" || address.Host == "" || len(address.Path) < 2 {
			return nil, fmt.Errorf("REPOSITORY is %q, want the https address of the source, such as https://github.com/OWNER/NAME", repository)
		}
		home := strings.TrimSuffix(strings.TrimRight(repository, "/"), ".git")
		add("homepage", home+"#readme")
		add("repository", map[string]string{"type": "git", "url": "git+" + home + ".git"})
		add("bugs", map[string]string{"url": home + "/issues"})
	}
	return append(text, "\n}\n"...), nil
}
