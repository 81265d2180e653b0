package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestIndex(t *testing.T) {
	now, before := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(now, "a.png"): "a", filepath.Join(now, "b.png"): "b", filepath.Join(now, "d.png"): "d",
		filepath.Join(before, "a.png"): "a", filepath.Join(before, "b.png"): "old b", filepath.Join(before, "c.png"): "c",
	} {
		if err := write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	n, err := index(now, before)
	if err != nil || n != 3 {
		t.Fatalf("%d pictures, %v", n, err)
	}
	html, err := os.ReadFile(filepath.Join(now, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	at := -1
	for _, part := range []string{"b <b>changed", `src="before/b.png"`, `src="b.png"`, "c <b>gone", `src="before/c.png"`, "d <b>new", `src="d.png"`, "a <b>same", `src="a.png"`} {
		i := strings.Index(string(html), part)
		if i <= at {
			t.Errorf("%s is not where it has to be in %s", part, html)
		}
		at = i
	}
	if got, err := os.ReadFile(filepath.Join(now, "before", "b.png")); err != nil || string(got) != "old b" {
		t.Errorf("the picture of before is %q (%v)", got, err)
	}
	if _, err := os.Stat(filepath.Join(now, "before", "a.png")); err == nil {
		t.Error("what is the same is kept twice")
	}
	if n, err := index(now, ""); err != nil || n != 3 {
		t.Errorf("alone: %d pictures, %v", n, err)
	}
	if _, err := index(t.TempDir(), ""); err == nil {
		t.Error("no pictures are no error")
	}
}
