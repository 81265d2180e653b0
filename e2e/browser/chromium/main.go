// Command chromium prints the path of the Chromium that the tests use, and installs it first where
// it can. When there is none it says in one line what to install.
package main

import (
	"fmt"
	"os"

	"amplify-auth/e2e/browser"
)

func main() {
	path, err := browser.FindOrInstall()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(path)
}
