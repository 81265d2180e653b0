package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestPackageManifest(t *testing.T) {
	if text, err := packageManifest("", ""); err != nil || !bytes.Equal(text, packageJSON) {
		t.Errorf("without a repository the manifest is %v\n%s", err, text)
	}
	for _, repository := range []string{"https://github.com/ada/auth", "https://github.com/ada/auth/", "https://github.com/ada/auth.git"} {
		text, err := packageManifest(repository, `Ada "the first" <ada@example.com>`)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Name, Author, Homepage string
			Repository, Bugs       struct{ Type, URL string }
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if got.Name != "amplify-auth" || got.Author != `Ada "the first" <ada@example.com>` || got.Homepage != "https://github.com/ada/auth#readme" ||
			got.Repository.Type != "git" || got.Repository.URL != "git+https://github.com/ada/auth.git" || got.Bugs.URL != "https://github.com/ada/auth/issues" {
			t.Errorf("%s: %+v", repository, got)
		}
		if !bytes.HasPrefix(text, bytes.TrimSuffix(packageJSON, []byte("\n}\n"))) {
			t.Errorf("the other members have changed:\n%s", text)
		}
	}
	for _, repository := range []string{"github.com/ada/auth", "http://github.com/ada/auth", "https://github.com", "git@github.com:ada/auth.git"} {
		if _, err := packageManifest(repository, ""); err == nil {
			t.Errorf("%s is taken for the address of a repository", repository)
		}
	}
}
