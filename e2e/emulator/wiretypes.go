package emulator

import (
	"encoding/json"
	"reflect"
	"strings"
)

// The types of a request's members, as AWS JSON 1.1 takes and refuses them. The words, and that a wrong type is told
// before any other fault, were measured on another service of the protocol (GitHub, notes of the project athena-local on
// error responses, September 2026); that a boolean as the Value of an attribute is a SerializationException, on Cognito
// (amazon-cognito-identity-js issue 485).

// typed checks a decoded value against a type and returns what of it the type knows: members of another name, or of
// the name in other letters, count for nothing. A boolean may come as text ("True", as clients in Python write it).
func typed(value any, t reflect.Type) (any, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil || t.Kind() == reflect.Interface {
		return value, nil
	}
	switch value := value.(type) {
	case []any:
		if isList(t) {
			for i := range value {
				var err error
				if value[i], err = typed(value[i], t.Elem()); err != nil {
					return nil, err
				}
			}
			return value, nil
		}
	case map[string]any:
		if t.Kind() == reflect.Struct || t.Kind() == reflect.Map {
			return typedMembers(value, t)
		}
	case string:
		text := strings.ToLower(value)
		if t.Kind() == reflect.Bool && (text == "true" || text == "false") {
			return text == "true", nil
		}
	}
	return value, misfit(value, t)
}

func typedMembers(object map[string]any, t reflect.Type) (any, error) {
	types := map[string]reflect.Type{}
	if t.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(t) {
			if !f.Anonymous {
				types[f.Name] = f.Type
			}
		}
	} else {
		for name := range object {
			types[name] = t.Elem()
		}
	}
	known := map[string]any{}
	for name, member := range object {
		if types[name] == nil {
			continue
		}
		var err error
		if known[name], err = typed(member, types[name]); err != nil {
			return nil, err
		}
	}
	return known, nil
}

func isList(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8
}

// misfit refuses a value that is not of a type.
func misfit(value any, t reflect.Type) error {
	have := ""
	switch v := value.(type) {
	case []any:
		return fail(serialization, "Start of list found where not expected")
	case map[string]any:
		return fail(serialization, "Start of structure or map found where not expected.")
	case string:
		have = "STRING"
	case json.Number:
		have = "NUMBER"
	case bool:
		have = map[bool]string{true: "TRUE", false: "FALSE"}[v]
	}
	want, fits := "a String", have == "STRING" // binary data is text too
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return fail(serialization, "Expected null")
	case reflect.Bool:
		want, fits = "a Boolean", have == "TRUE" || have == "FALSE"
	case reflect.Int, reflect.Int64, reflect.Float64:
		want, fits = "an Integer", have == "NUMBER"
	case reflect.Slice:
		if isList(t) {
			return fail(serialization, "Expected list or null")
		}
	}
	if fits {
		return nil
	}
	return fail(serialization, "%s_VALUE can not be converted to %s", have, want)
}
