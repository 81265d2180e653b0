package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Methods are the names of all commands, sorted.
func Methods() []string {
	names := make([]string, 0, len(methods))
	for name := range methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Members are the members of a command's argument, those of objects in it behind
// the object's name and a dot; without those that the page fills in for itself.
func Members(name string) []string {
	return slices.DeleteFunc(membersOf(methods[name].in, ""), func(member string) bool {
		return slices.Contains([]string{"hostedUI.window", "providerInitiated"}, member)
	})
}

func membersOf(t reflect.Type, path string) (out []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, membersOf(f.Type, path)...)
			continue
		}
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, path+name)
		if f.Type.Kind() == reflect.Struct {
			out = append(out, membersOf(f.Type, path+name+".")...)
		}
	}
	return out
}

var told sync.Map // what Unknown has named

// Unknown are the members of an argument that the command does not know, each
// named once in the life of the program.
func Unknown(name string, args []byte) (out []string) {
	m, ok := methods[name]
	if !ok {
		return nil
	}
	known := append(membersOf(m.in, ""), membersOf(reflect.TypeFor[every](), "")...)
	var walk func(path string, value json.RawMessage)
	walk = func(path string, value json.RawMessage) {
		var members map[string]json.RawMessage
		if json.Unmarshal(value, &members) != nil {
			return // an error of its own
		}
		for key, v := range members {
			member := path + key
			nested := slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, member+".") })
			switch {
			case nested:
				walk(member+".", v)
			case slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, member) }):
			default:
				if _, before := told.LoadOrStore(name+" "+member, true); !before {
					out = append(out, member)
				}
			}
		}
	}
	walk("", args)
	slices.Sort(out)
	return out
}
