package emulator

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// limit is what the service model says about a shape.
type limit struct {
	min, max  int    // length of strings, lists and maps; value of numbers. max 0 is none
	pattern   string // whole-string
	enum      []string
	sensitive bool   // its value is not repeated in errors
	elem      string // shape of a list's elements or of a map's values
}

// The struct tag `aws:"UsernameType,required"` names the shape of a member. Struct members and lists of structs
// need no tag: their own members are looked at.

// validate checks a decoded JSON object against the tags of a struct type and returns one exception that lists
// all violations, in the service's words.
func validate(object map[string]any, t reflect.Type) error {
	var v violations
	v.object("", object, t)
	return v.refusal(invalidParameter)
}

type violations []string

// refusal is the exception for the violations; nil without any.
func (v violations) refusal(name kind) error {
	switch len(v) {
	case 0:
		return nil
	case 1:
		return fail(name, "1 validation error detected: %s", v[0])
	}
	return fail(name, "%d validation errors detected: %s", len(v), strings.Join(v, "; "))
}

func (v *violations) add(path string, value any, sensitive bool, constraint string) {
	shown := fmt.Sprintf("Value '%v' at", value)
	if value == nil {
		shown = "Value null at"
	} else if sensitive {
		shown = "Value at"
	}
	*v = append(*v, fmt.Sprintf("%s '%s' failed to satisfy constraint: %s", shown, path, constraint))
}

func (v *violations) object(path string, object map[string]any, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			v.object(path, object, f.Type)
			continue
		}
		shape, required := strings.CutSuffix(f.Tag.Get("aws"), ",required")
		member := join(path, f.Name)
		value, ok := object[f.Name]
		if !ok || value == nil {
			if required {
				v.add(member, nil, false, "Member must not be null")
			}
			continue
		}
		v.value(member, value, f.Type, shape)
	}
}

func (v *violations) value(path string, value any, t reflect.Type, shape string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	l := limits[shape]
	switch value := value.(type) {
	case string:
		v.text(path, value, l)
	case json.Number:
		if n, err := value.Int64(); err == nil {
			v.between(path, value, int(n), l, "Member must have value %s than or equal to %d")
		}
	case []any:
		v.between(path, value, len(value), l, "Member must have length %s than or equal to %d")
		if t.Kind() == reflect.Slice {
			for i, e := range value {
				v.value(fmt.Sprintf("%s.%d.member", path, i+1), e, t.Elem(), l.elem)
			}
		}
	case map[string]any:
		switch t.Kind() {
		case reflect.Struct:
			v.object(path, value, t)
		case reflect.Map:
			v.between(path, value, len(value), l, "Member must have length %s than or equal to %d")
			for key, e := range value {
				v.value(path+"."+key+".member", e, t.Elem(), l.elem)
			}
		}
	}
}

func (v *violations) text(path, value string, l limit) {
	if l.enum != nil {
		if !slices.Contains(l.enum, value) {
			v.add(path, value, l.sensitive, "Member must satisfy enum value set: ["+strings.Join(l.enum, ", ")+"]")
		}
		return
	}
	n := utf8.RuneCountInString(value)
	if n < l.min {
		v.add(path, value, l.sensitive, fmt.Sprintf("Member must have length greater than or equal to %d", l.min))
	}
	if l.max > 0 && n > l.max {
		v.add(path, value, l.sensitive, fmt.Sprintf("Member must have length less than or equal to %d", l.max))
	}
	if l.pattern != "" && !matches(l.pattern, value) {
		v.add(path, value, l.sensitive, "Member must satisfy regular expression pattern: "+l.pattern)
	}
}

func (v *violations) between(path string, value any, n int, l limit, text string) {
	if n < l.min {
		v.add(path, value, l.sensitive, fmt.Sprintf(text, "greater", l.min))
	}
	if l.max > 0 && n > l.max {
		v.add(path, value, l.sensitive, fmt.Sprintf(text, "less", l.max))
	}
}

// join writes a member path with a small first letter, as the service does (userAttributes.1.member.name).
func join(path, name string) string {
	r := []rune(name)
	r[0] = unicode.ToLower(r[0])
	if path == "" {
		return string(r)
	}
	return path + "." + string(r)
}

var patterns sync.Map // string to *regexp.Regexp

func matches(pattern, value string) bool {
	re, ok := patterns.Load(pattern)
	if !ok {
		re, _ = patterns.LoadOrStore(pattern, regexp.MustCompile(`\A(?:`+pattern+`)\z`))
	}
	return re.(*regexp.Regexp).MatchString(value)
}
