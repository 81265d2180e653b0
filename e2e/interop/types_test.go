package interop

import (
	"os"
	"path/filepath"
	"testing"

	"amplify-auth/e2e"
)

// Ensure that compat's declarations have every type and function of aws-amplify/auth with the same meaning, so that code
// compiles when only its import is changed: see compat-types.ts.
func TestCompatTypes(t *testing.T) {
	root, err := e2e.Root()
	if err != nil {
		t.Fatal(err)
	}
	compare := filepath.Join(root, "e2e/interop/compat-types.ts")
	options := map[string]any{
		"noEmit": true, "strict": true, "target": "es2022", "lib": []string{"es2022", "dom"}, "module": "preserve", "types": []string{}, "skipLibCheck": true,
		"paths": map[string][]string{
			"amplify-auth/compat": {filepath.Join(root, "web/types/compat.d.ts")},
			"aws-amplify":         {packages.Path("aws-amplify/dist/esm/index.d.ts")},
			"aws-amplify/auth":    {packages.Path("aws-amplify/dist/esm/auth/index.d.ts")},
		},
	}
	project := filepath.Join(t.TempDir(), "tsconfig.json")
	if err := os.WriteFile(project, []byte(e2e.Args(map[string]any{"compilerOptions": options, "files": []string{compare}})), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := packages.Command("typescript/bin/tsc", "-p", project).CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}
