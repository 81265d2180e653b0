// Command contract writes what core/contract holds into the files of the page: run
// at the top of the repository, by build.sh.
package main

import (
	"fmt"
	"os"
)

func main() {
	files, err := generate(".")
	if err == nil {
		for name, text := range files {
			if old, _ := os.ReadFile(name); string(old) == text {
				continue // its time stays
			}
			if err = os.WriteFile(name, []byte(text), 0o644); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "contract:", err)
		os.Exit(1)
	}
}
