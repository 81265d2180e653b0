// Package peers brings the npm packages that bench and interop pin: it installs them under .cache and
// bundles pages that use them, as an app's production build does.
package peers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Packages are the npm packages of one directory, installed.
type Packages struct {
	dir     string // of the repository: package.json, package-lock.json and the entries
	modules string // node_modules
}

// Install installs what the lock file of dir pins, under .cache.
func Install(root, dir string) (*Packages, error) {
	prefix := filepath.Join(root, ".cache", "npm", filepath.Base(dir))
	if err := os.MkdirAll(prefix, 0o777); err != nil {
		return nil, err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(prefix, name), text, 0o666); err != nil {
			return nil, err
		}
	}
	return &Packages{dir, filepath.Join(prefix, "node_modules")}, InstallHere(prefix)
}

// InstallHere installs what the lock file of a directory pins into its node_modules, unless that is what is installed
// already. npm's scripts do not run: nothing here needs to be built.
func InstallHere(dir string) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("npm is needed (Node.js 20 or later): install it and run make again")
	}
	var pinned []byte
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		pinned = append(pinned, text...)
	}
	// npm ci empties node_modules first, so a copy of both files in it tells what was fully installed.
	stamp := filepath.Join(dir, "node_modules", "installed.txt")
	if installed, err := os.ReadFile(stamp); err == nil && bytes.Equal(installed, pinned) {
		return nil
	}
	fmt.Fprintf(os.Stderr, "npm installs the packages of %s\n", filepath.Base(dir))
	npm := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in %s: %w\n%s", dir, err, out)
	}
	return os.WriteFile(stamp, pinned, 0o666)
}

// Bundle bundles and minifies an entry file (of the packages' directory) for browsers: a module, or a style sheet,
// with everything it imports in it, the packages in their production form. flags are further ones of esbuild.
func (p *Packages) Bundle(entry string, flags ...string) ([]byte, error) {
	esbuild := exec.Command("go", append([]string{"tool", "esbuild", filepath.Join(p.dir, entry), "--bundle", "--minify",
		"--format=esm", "--platform=browser", "--target=chrome91,firefox90,safari15", "--charset=utf8",
		"--legal-comments=none", "--jsx=automatic", "--log-level=error",
		`--define:process.env.NODE_ENV="production"`, "--define:global=globalThis"}, flags...)...)
	esbuild.Env = append(os.Environ(), "NODE_PATH="+p.modules)
	esbuild.Dir = p.dir
	var stderr bytes.Buffer
	esbuild.Stderr = &stderr
	out, err := esbuild.Output()
	if err != nil {
		return nil, fmt.Errorf("bundle %s: %w\n%s", entry, err, stderr.Bytes())
	}
	return out, nil
}

// Command is a command of one of the packages (a script of node_modules), not started.
func (p *Packages) Command(script string, args ...string) *exec.Cmd {
	return exec.Command("node", append([]string{p.Path(script)}, args...)...)
}

// Path is a file of the packages, by its path in node_modules.
func (p *Packages) Path(file string) string {
	return filepath.Join(p.modules, filepath.FromSlash(file))
}

// Script is a script of the packages' directory for node, not started. It imports the packages by their names, for which
// a copy of it has to lie beside them.
func (p *Packages) Script(name string, args ...string) (*exec.Cmd, error) {
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		return nil, err
	}
	copied := filepath.Join(filepath.Dir(p.modules), strings.TrimSuffix(name, ".js")+".mjs")
	if err := os.WriteFile(copied, text, 0o666); err != nil {
		return nil, err
	}
	return exec.Command("node", append([]string{copied}, args...)...), nil
}
