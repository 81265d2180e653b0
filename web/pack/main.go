// Command pack finishes dist/ for build.sh. It is run at the top of the repository.
//
//	pack sri FILE                     prints FILE's subresource integrity value
//	pack release PATH...              prints a short name for these files and directories: another one after any change
//	pack parts WASM [NAMED]           weighs the packages of WASM, whose list is the input, by NAMED, the same
//	                                  program linked with its names; without NAMED tells whether that is done
//	pack dist DIR                     adds package.json, of REPOSITORY and AUTHOR, the .br and .gz files, integrity.json and
//	                                  sizes.txt
//	pack budget DIR                   fails where a file is over web/pack/budget.json
//
// What takes long is kept in .cache/pack by the SHA-256 of the file it was made from.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	cache := cache{".cache/pack"}
	switch {
	case len(args) == 2 && args[0] == "sri":
		value, err := integrity(args[1])
		fmt.Println(value)
		return err
	case len(args) > 1 && args[0] == "release":
		name, err := release(args[1:])
		fmt.Println(name)
		return err
	case len(args) == 2 && args[0] == "parts":
		if !cache.has(args[1], "parts") {
			return fmt.Errorf("the parts of %s are not known", args[1])
		}
		return nil
	case len(args) == 3 && args[0] == "parts":
		packages, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		_, err = cache.get(args[1], "parts", func([]byte) ([]byte, error) { return weigh(args[2], strings.Fields(string(packages))) })
		return err
	case len(args) == 2 && args[0] == "dist":
		return pack(cache, args[1])
	case len(args) == 2 && args[0] == "budget":
		return checkBudget("web/pack/budget.json", args[1])
	}
	return fmt.Errorf("usage: pack sri FILE | release PATH... | parts WASM [NAMED] | dist DIR | budget DIR")
}
