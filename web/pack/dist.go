package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// pack adds to the directory of built files what is made of them.
func pack(cache cache, dir string) error {
	elements, err := customElements()
	if err != nil {
		return err
	}
	manifest, err := packageManifest(os.Getenv("REPOSITORY"), os.Getenv("AUTHOR"))
	if err != nil {
		return err
	}
	texts := map[string][]byte{"package.json": manifest, "custom-elements.json": append(elements, '\n')}
	for _, name := range []string{"LICENSE", "README.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		texts[name] = text
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	var names []string
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	values := map[string]string{}
	var sizes []size
	for _, name := range names {
		file := filepath.Join(dir, name)
		if values[name], err = integrity(file); err != nil {
			return err
		}
		if ext := filepath.Ext(name); ext != ".js" && ext != ".wasm" {
			continue
		}
		s, err := compress(cache, file)
		if err != nil {
			return err
		}
		s.name = name
		sizes = append(sizes, s)
	}
	list, err := json.MarshalIndent(values, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "integrity.json"), append(list, '\n'), 0o644); err != nil {
		return err
	}
	parts, err := cache.get(filepath.Join(dir, "amplify-auth.wasm"), "parts", func([]byte) ([]byte, error) {
		return nil, errors.New("pack parts has not been run for this wasm")
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "sizes.txt"), []byte(table(sizes)+"\n"+string(parts)), 0o644)
}

// integrity is the Subresource Integrity value of a file.
func integrity(file string) (string, error) {
	data, err := os.ReadFile(file)
	sum := sha512.Sum384(data)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:]), err
}

// release is a name of the content of files and directories.
func release(paths []string) (string, error) {
	sum := sha256.New()
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			fmt.Fprintf(sum, "%d\n", len(data))
			sum.Write(data)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// compress writes file.br and file.gz.
func compress(cache cache, file string) (size, error) {
	info, err := os.Stat(file)
	if err != nil {
		return size{}, err
	}
	s := size{raw: int(info.Size())}
	for _, c := range []struct {
		kind string
		make func([]byte) ([]byte, error)
		size *int
	}{{"gz", gzipped, &s.gzip}, {"br", brotlied, &s.brotli}} {
		data, err := cache.get(file, c.kind, c.make)
		if err != nil {
			return s, err
		}
		if err := os.WriteFile(file+"."+c.kind, data, 0o644); err != nil {
			return s, err
		}
		*c.size = len(data)
	}
	return s, nil
}

func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	return compressed(w, &b, data)
}

func brotlied(data []byte) ([]byte, error) {
	var b bytes.Buffer
	return compressed(brotli.NewWriterLevel(&b, brotli.BestCompression), &b, data)
}

func compressed(w io.WriteCloser, b *bytes.Buffer, data []byte) ([]byte, error) {
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

// A cache keeps what was made of files.
type cache struct{ dir string }

func (c cache) path(data []byte, kind string) string {
	sum := sha256.Sum256(data)
	return filepath.Join(c.dir, hex.EncodeToString(sum[:])+"."+kind)
}

func (c cache) has(file, kind string) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	_, err = os.Stat(c.path(data, kind))
	return err == nil
}

// get is what make made of the file's content, now or earlier.
func (c cache) get(file, kind string, make func([]byte) ([]byte, error)) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	path := c.path(data, kind)
	if made, err := os.ReadFile(path); err == nil {
		return made, nil
	}
	made, err := make(data)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return nil, err
	}
	// Another build may look at the same moment.
	temporary, err := os.CreateTemp(c.dir, strings.TrimPrefix(kind, ".")+"-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(made); err != nil {
		return nil, err
	}
	if err := temporary.Close(); err != nil {
		return nil, err
	}
	return made, os.Rename(temporary.Name(), path)
}
