package apps

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"amplify-auth/e2e"
	"amplify-auth/web/docs"
)

// Ensure that publint and "Are the types wrong?" find nothing in the tarball. It is ES modules alone on purpose.
func TestPackage(t *testing.T) {
	dir := project(t, "package")
	run(t, dir, "npm", "run", "lint")
	run(t, dir, "node", "require.cjs")

	// The oldest TypeScript that is promised, and one that has left the old ways behind.
	for _, with := range []struct{ compiler, module, resolution string }{
		{"typescript5", "es2022", "node10"},
		{"typescript5", "node16", "node16"},
		{"typescript5", "es2022", "bundler"},
		{"typescript", "node16", "node16"},
		{"typescript", "esnext", "bundler"},
	} {
		t.Run(with.compiler+" "+with.resolution, func(t *testing.T) {
			files := []string{"use.ts"}
			if with.compiler == "typescript" { // Vue's own declarations want 5.4
				files = append(files, "use-vue.ts")
			}
			compile(t, dir, with.compiler, with.module, with.resolution, true, files)
		})
	}
}

// compile checks files of an app with the tsc of one of its packages.
func compile(t *testing.T, dir, compiler, module, resolution string, strict bool, files []string) {
	t.Helper()
	options := map[string]any{
		"noEmit": true, "strict": strict, "exactOptionalPropertyTypes": strict, "target": "es2022", "lib": []string{"es2022", "dom", "dom.iterable"},
		"module": module, "moduleResolution": resolution, "jsx": "react-jsx", "types": []string{}, "skipLibCheck": false,
	}
	file := filepath.Join(dir, "tsconfig.json")
	must(t, os.WriteFile(file, []byte(e2e.Args(map[string]any{"compilerOptions": options, "files": files})), 0o666))
	run(t, dir, "node", filepath.Join("node_modules", compiler, "bin", "tsc"), "-p", file)
}

// authJS is the module that snippets of the documentation import from.
const authJS = "import { AmplifyAuth } from 'amplify-auth';\nexport const auth = new AmplifyAuth({ config: '/amplify_outputs.json' });\n"

// snippets are those of the documentation that a pattern finds, by its group.
func snippets(t *testing.T, pattern string) (found []string) {
	t.Helper()
	pages, err := fs.Glob(docs.Files, "*.md")
	must(t, err)
	for _, name := range pages {
		text, err := fs.ReadFile(docs.Files, name)
		must(t, err)
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			found = append(found, match[1])
		}
	}
	if len(found) == 0 {
		t.Fatalf("the documentation has no %s", pattern)
	}
	return found
}

// Ensure that the documentation's JSX compiles; as JavaScript it is not strict.
func TestDocumentationJSX(t *testing.T) {
	dir := project(t, "package")
	must(t, os.WriteFile(filepath.Join(dir, "auth.ts"), []byte(authJS), 0o666))
	var files []string
	for i, text := range snippets(t, "(?s)```[jt]sx\n(.*?)```") {
		files = append(files, fmt.Sprintf("snippet%d.tsx", i))
		must(t, os.WriteFile(filepath.Join(dir, files[i]), []byte(text), 0o666))
	}
	compile(t, dir, "typescript", "esnext", "bundler", false, files)
}
