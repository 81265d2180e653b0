// Command release writes what is published of dist/ into a directory: the npm tarball, a CycloneDX SBOM of the engine,
// SHA-256 sums of both, and an in-toto statement with SLSA provenance of them. The version is the one of
// web/pack/package.json, and CHANGELOG.md must have a section for it. Its repository and author are those that dist/ was
// built with: make release REPOSITORY=https://github.com/OWNER/NAME AUTHOR='…'.
//
//	release DIR
//
// It needs npm and cyclonedx-gomod on the PATH and no network. The statement is not signed: who publishes signs it,
// or has `npm publish --provenance` make one in CI.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: release DIR")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string) error {
	data, err := os.ReadFile("web/pack/package.json")
	if err != nil {
		return err
	}
	var manifest struct{ Name, Version string }
	if err := json.Unmarshal(data, &manifest); err != nil {
		return err
	}
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	if !hasSection(changes, manifest.Version) {
		return fmt.Errorf("CHANGELOG.md has no section for %s, the version in web/pack/package.json", manifest.Version)
	}
	commit, err := output("git", "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	if changed, err := output("git", "status", "--porcelain"); err != nil || changed != "" {
		return fmt.Errorf("what is not committed cannot be released:\n%s%w", changed, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if _, err := output("npm", "pack", "./dist", "--silent", "--pack-destination", dir); err != nil {
		return err
	}
	tarball := fmt.Sprintf("%s-%s.tgz", manifest.Name, manifest.Version)
	sbom := fmt.Sprintf("%s-%s.cdx.json", manifest.Name, manifest.Version)
	engine := exec.Command("cyclonedx-gomod", "app", "-json", "-licenses", "-noserial", "-main", "wasm", "-output", filepath.Join(dir, sbom), ".")
	engine.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := engine.CombinedOutput(); err != nil {
		return fmt.Errorf("cyclonedx-gomod: %w\n%s", err, out)
	}
	var sums strings.Builder
	var subjects []subject
	for _, name := range []string{tarball, sbom} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		hash := sha256.Sum256(data)
		sum := hex.EncodeToString(hash[:])
		fmt.Fprintf(&sums, "%s  %s\n", sum, name)
		subjects = append(subjects, subject{name, map[string]string{"sha256": sum}})
	}
	if err := os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644); err != nil {
		return err
	}
	text, err := json.MarshalIndent(provenance(subjects, commit, time.Now()), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "provenance.intoto.json"), append(text, '\n'), 0o644)
}

// hasSection reports whether a changelog has a second-level heading that begins with the version.
func hasSection(changes []byte, version string) bool {
	for line := range bytes.Lines(changes) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "## "); ok && strings.Fields(name)[0] == version {
			return true
		}
	}
	return false
}

func output(name string, args ...string) (string, error) {
	var errors bytes.Buffer
	command := exec.Command(name, args...)
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, errors.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// provenance is an in-toto statement, version 1, with the predicate SLSA provenance, version 1.
func provenance(subjects []subject, commit string, now time.Time) any {
	type object = map[string]any
	return object{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       subjects,
		"predicateType": "https://slsa.dev/provenance/v1",
		"predicate": object{
			"buildDefinition": object{
				"buildType":          "make release",
				"externalParameters": object{},
				"internalParameters": object{"go": runtime.Version()},
				"resolvedDependencies": []object{
					{"name": "source", "digest": object{"gitCommit": commit}},
				},
			},
			"runDetails": object{
				"builder":  object{"id": "make release"},
				"metadata": object{"finishedOn": now.UTC().Format(time.RFC3339)},
			},
		},
	}
}
