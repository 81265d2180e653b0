// Command pictures makes an index.html of the pictures that the tests have taken of every screen, beside those of another run:
//
//	pictures DIR [BEFORE]
//
// DIR has the pictures (see SCREENSHOTS); those of BEFORE that differ are copied into DIR/before, so that DIR is all there is to keep.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: pictures DIR [BEFORE]")
		os.Exit(2)
	}
	before := ""
	if len(os.Args) == 3 {
		before = os.Args[2]
	}
	n, err := index(os.Args[1], before)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
	fmt.Printf("%d pictures: %s\n", n, filepath.Join(os.Args[1], "index.html"))
}

// A picture is one of a screen; State is "", or where there are pictures of before: "same", "changed", "new" or "gone".
type picture struct{ Name, State string }

// Now tells whether the picture was taken in this run, Before whether an older one lies beside it.
func (p picture) Now() bool    { return p.State != "gone" }
func (p picture) Before() bool { return p.State == "changed" || p.State == "gone" }

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pictures of every screen</title>
<style>
body { margin: 1rem; font: 15px/1.4 system-ui, sans-serif; color-scheme: light dark; }
ul { display: flex; flex-wrap: wrap; gap: 1rem; margin: 0; padding: 0; list-style: none; align-items: start; }
img { max-width: 20rem; max-height: 32rem; border: 1px solid #8888; }
b { color: light-dark(#8a5300, #f0c068); }
</style>
<h1>Pictures of every screen</h1>
<ul>
{{- range .}}
<li><p>{{.Name}} <b>{{.State}}</b></p>
{{- if .Before}}<a href="before/{{.Name}}.png"><img loading="lazy" alt="before" src="before/{{.Name}}.png"></a> {{end}}
{{- if .Now}}<a href="{{.Name}}.png"><img loading="lazy" alt="now" src="{{.Name}}.png"></a>{{end}}</li>
{{- end}}
</ul>
`))

// index writes the page and returns how many pictures of this run it shows.
func index(dir, before string) (int, error) {
	now, err := pictures(dir)
	if err != nil {
		return 0, err
	}
	if len(now) == 0 {
		return 0, errors.New("there are no pictures in " + dir)
	}
	var list []picture
	old := map[string][]byte{}
	if before != "" {
		if old, err = pictures(before); err != nil {
			return 0, err
		}
	}
	for name, data := range now {
		p := picture{Name: name}
		if before != "" {
			p.State = state(data, old[name])
		}
		list = append(list, p)
	}
	for name := range old {
		if now[name] == nil {
			list = append(list, picture{name, "gone"})
		}
	}
	// What is another comes first.
	slices.SortFunc(list, func(a, b picture) int {
		if same := strings.Compare(fmt.Sprint(a.State == "same"), fmt.Sprint(b.State == "same")); same != 0 {
			return same
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, p := range list {
		if p.Before() {
			if err := write(filepath.Join(dir, "before", p.Name+".png"), old[p.Name]); err != nil {
				return 0, err
			}
		}
	}
	var html bytes.Buffer
	if err := page.Execute(&html, list); err != nil {
		return 0, err
	}
	return len(now), write(filepath.Join(dir, "index.html"), html.Bytes())
}

func state(now, before []byte) string {
	switch {
	case before == nil:
		return "new"
	case bytes.Equal(now, before):
		return "same"
	}
	return "changed"
}

// pictures are those of a directory, by their names.
func pictures(dir string) (map[string][]byte, error) {
	names, err := fs.Glob(os.DirFS(dir), "*.png")
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	for _, name := range names {
		if found[strings.TrimSuffix(name, ".png")], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o666)
}
