package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"amplify-auth/core/api"
	"amplify-auth/core/contract"
)

func TestFormsOfDeclarations(t *testing.T) {
	d := declared{read(t, typesFile)}
	for _, m := range contract.Methods {
		fields, err := d.arguments(m.Name)
		if err != nil {
			t.Fatal(err)
		}
		known := append(api.Members(m.Name), m.Page...)
		if slices.Contains(m.Page, "stepUp") {
			for _, name := range api.Members("stepUp") {
				known = append(known, "stepUp."+name)
			}
		}
		for _, f := range fields {
			if !f.Position && !slices.Contains(known, f.Name) {
				t.Errorf("%s declares %s, which the engine does not know", m.Name, f.Name)
			}
		}
		if len(fields) == 0 && len(known) > 0 {
			t.Errorf("%s has no fields, the engine takes %v", m.Name, known)
		}
	}
}

func TestFormsOfShapes(t *testing.T) {
	const text = `
type Metadata = { clientMetadata?: Record<string, string> };
export type Level =
   | 'low' | 'high';
export interface Shared { signal?: AbortSignal; wait?: boolean; }
export interface Input extends Shared, Metadata {
  /** Who; or
   *  what. */
  name: string;
  level?: Level;
  deep?: { size?: number; names: string | string[] };
}
export class AmplifyAuth extends EventTarget {
  one(input: Input): Promise<void>;
  two(input?: Shared & { at: 'a' | (string & {}) }): Promise<(x: number) => void>;
  three(url: string | URL, options?: Shared): void;
}`
	d := declared{text}
	wait := field{Name: "wait", Kind: "boolean"}
	for method, want := range map[string][]field{
		"one": {{Name: "name", Kind: "text", Required: true, Means: "Who; or what."}, {Name: "level", Kind: "choice", Choices: []string{"low", "high"}},
			{Name: "deep.size", Kind: "number"}, {Name: "deep.names", Kind: "list"}, wait, {Name: "clientMetadata", Kind: "record"}},
		"two":   {{Name: "at", Kind: "text", Required: true, Choices: []string{"a"}}, wait},
		"three": {{Name: "url", Kind: "text", Required: true, Position: true}, wait},
	} {
		if got, err := d.arguments(method); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %+v", method, got, err, want)
		}
	}
	if _, err := (declared{strings.Replace(text, "level?: Level", "level", 1)}).arguments("one"); err == nil {
		t.Error("a member that cannot be read is passed over")
	}
}
