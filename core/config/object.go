package config

import (
	"strconv"
	"strings"
)

// An object is a JSON object that knows where it stands in the file. Its
// readers return the zero value for a member that is absent or wrong; the first
// wrong one is kept in err, which all objects of a file share.
type object struct {
	path   string
	values map[string]any
	err    *error
}

func (o object) fail(name, problem string) {
	if *o.err == nil {
		*o.err = &Error{o.key(name), problem}
	}
}

func (o object) key(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (o object) has(name string) bool {
	v, ok := o.values[name]
	return ok && v != nil
}

func (o object) hasPrefix(prefix string) bool {
	for k := range o.values {
		if strings.HasPrefix(k, prefix) {
			return true
		}
	}
	return false
}

func (o object) object(name string) object {
	return object{o.key(name), typed[map[string]any](o, name, "an object"), o.err}
}

// at is object through objects, by a path with dots.
func (o object) at(path string) object {
	for name := range strings.SplitSeq(path, ".") {
		o = o.object(name)
	}
	return o
}

func (o object) string(name string) string {
	return strings.TrimSpace(typed[string](o, name, "a string"))
}

func (o object) bool(name string) bool { return typed[bool](o, name, "true or false") }

func (o object) number(name string) int {
	if s, ok := o.values[name].(string); ok { // the Gen 1 CLI writes numbers as text
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
	}
	return int(typed[float64](o, name, "a number"))
}

// typed reads a member that must be a T when it is there.
func typed[T any](o object, name, want string) (v T) {
	if o.has(name) {
		var ok bool
		if v, ok = o.values[name].(T); !ok {
			o.fail(name, "must be "+want)
		}
	}
	return v
}

// required is string for a member that must be there and not empty. A name from
// another format or version is recognised.
func (o object) required(name string) string {
	s := o.string(name)
	if s == "" && !o.misnames(name) {
		o.fail(name, "is missing")
	}
	return s
}

// misnames reports, and keeps as the error, that name goes by another name here.
func (o object) misnames(name string) bool {
	for wrong, right := range misnamed {
		if right == name && o.has(wrong) {
			o.fail(wrong, "should be called "+name)
			return true
		}
	}
	if !o.has(name) {
		for wrong := range o.values {
			if wrong != name && nearly(plain(wrong), plain(name)) {
				o.fail(wrong, "should be called "+name)
				return true
			}
		}
	}
	return false
}

// plain is a key without what differs between ways to write it.
func plain(key string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
}

// nearly reports whether two keys differ by a slip: one letter more, less or other,
// or two that changed places.
func nearly(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch a, b = a[i:], b[i:]; {
	case b == "":
		return true
	case len(a) < len(b):
		return a == b[1:]
	}
	return a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

// sameRegion refuses a Region that is not the one in an id.
func (o object) sameRegion(idKey, region string) {
	if given := o.string("Region"); given != "" && given != region {
		o.fail("Region", "is "+strconv.Quote(given)+", but "+idKey+" is of "+region+": one of them is wrong")
	}
}

// placeholder refuses what AWSMobileClient's guide writes for an id or a secret: one that
// begins with the Region XX-XXXX-X, or is of X alone.
func (o object) placeholder(name, value string) {
	if strings.HasPrefix(value, "XX-XXXX-X") || len(value) > 1 && strings.Trim(value, "X") == "" {
		o.fail(name, "is "+strconv.Quote(value)+", a placeholder: put your own there, or take the key out")
	}
}

// misnamed maps names of Amplify v5 and of sister formats to the name meant.
var misnamed = map[string]string{
	"userPoolWebClientId":         "userPoolClientId",
	"user_pool_web_client_id":     "user_pool_client_id",
	"userPoolClientID":            "userPoolClientId",
	"clientId":                    "userPoolClientId",
	"appClientId":                 "userPoolClientId",
	"userPoolID":                  "userPoolId",
	"UserPoolId":                  "PoolId",
	"ClientId":                    "AppClientId",
	"aws_user_pool_id":            "aws_user_pools_id",
	"aws_user_pool_web_client_id": "aws_user_pools_web_client_id",
}

// strings reads a list of strings, or one string with commas in it.
func (o object) strings(name string) (out []string) {
	switch v := o.values[name].(type) {
	case nil:
	case string:
		for s := range strings.SplitSeq(v, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	case []any:
		for i, e := range v {
			s, ok := e.(string)
			if !ok || s == "" {
				o.fail(name+"["+strconv.Itoa(i)+"]", "must be a string")
			}
			out = append(out, s)
		}
	default:
		o.fail(name, "must be a list of strings")
	}
	return out
}

func (o object) stringMap(name string) map[string]string {
	m := o.object(name)
	if len(m.values) == 0 {
		return nil
	}
	out := make(map[string]string, len(m.values))
	for k := range m.values {
		out[k] = m.string(k)
	}
	return out
}
