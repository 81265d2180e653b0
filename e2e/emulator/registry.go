package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"strings"
)

// service is one AWS JSON 1.1 API: its operations by name.
type service map[string]operation

// services are the APIs by the prefix of X-Amz-Target. STS speaks a form instead (serveForm).
func services() map[string]service {
	return map[string]service{
		"AWSCognitoIdentityProviderService": merge(
			signInOperations, sessionOperations, signUpOperations, passwordOperations, accountOperations,
			mfaOperations, deviceOperations, passkeyOperations, userSessionOperations, replicaOperations,
			adminPoolOperations, adminClientOperations, adminUserOperations, adminDeviceOperations, adminGroupOperations, adminProviderOperations,
			adminServerOperations, adminDomainOperations, adminSecretOperations, adminLinkingOperations, adminMFAOperations, authEventOperations,
			tagOperations, termsOperations, brandingOperations,
		),
		"AWSCognitoIdentityService": merge(identityPoolOperations, identityOperations, developerOperations, identityPoolTagOperations),
	}
}

func merge(parts ...service) service {
	all := service{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// operation is one entry of a service.
type operation struct {
	in, out reflect.Type // structs with the member names of the service model
	run     func(c *call, body []byte) (any, error)
}

// op makes an operation of a handler, which runs with the state locked. In is a struct whose fields carry the member's
// shape in the tag `aws` (validate.go); Out is marshalled as it is, nil as {}.
func op[In, Out any](handle func(*call, *In) (*Out, error)) operation {
	shape := reflect.TypeFor[In]()
	return operation{shape, reflect.TypeFor[Out](), func(c *call, body []byte) (any, error) {
		in := new(In)
		if err := decode(body, shape, in); err != nil {
			return nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		out, err := handle(c, in)
		if err != nil {
			return nil, err
		}
		if out == nil {
			return struct{}{}, nil
		}
		return out, nil
	}}
}

// empty is the output of operations that return nothing.
type empty struct{}

// decode reads a JSON object into in, refusing what the service model refuses.
func decode(body []byte, shape reflect.Type, in any) error {
	var raw any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&raw); err != nil || d.More() {
		return fail(serialization, "The request body is not one JSON document.")
	}
	if _, ok := raw.(map[string]any); !ok {
		return misfit([]any{}, shape)
	}
	known, err := typed(raw, shape)
	if err != nil {
		return err
	}
	if err := validate(known.(map[string]any), shape); err != nil {
		return err
	}
	text, err := json.Marshal(known)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, in); err != nil { // a number out of range, binary data that is none
		return fail(serialization, "%v", err)
	}
	return nil
}

// maxBody is far above any legal request (a login token may have 50,000 characters).
const maxBody = 1 << 20

// serveRPC serves POST /: AWS JSON 1.1 by X-Amz-Target, the query protocol of STS without it.
func (s *Server) serveRPC(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	if target == "" {
		s.serveForm(w, r)
		return
	}
	prefix, name, _ := strings.Cut(target, ".")
	c := s.newCall(r, name)
	if s.control.fault(c, w) {
		return
	}
	out, err := s.run(c, prefix, w)
	if c.fault == "dropReply" {
		s.control.drop(c, w)
		return
	}
	if err != nil {
		e := asException(err)
		if e.status >= 500 {
			s.options.Logf("%s: %v", name, err)
		}
		s.control.record(c, e.status, e.name)
		writeException(w, e)
		return
	}
	s.control.record(c, http.StatusOK, "")
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) run(c *call, prefix string, w http.ResponseWriter) (any, error) {
	known, ok := s.services[prefix]
	if !ok {
		return nil, fail(unknownOperation, "The local Cognito has no service %s (operation %s).", prefix, c.operation)
	}
	op, ok := known[c.operation]
	if !ok {
		return nil, fail(unknownOperation, "The local Cognito does not implement the operation %s.", c.operation)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, c.http.Body, maxBody))
	if err != nil {
		return nil, fail(serialization, "The request body cannot be read: %v", err)
	}
	if err := s.rates.take(c.operation, c.now); err != nil {
		return nil, err
	}
	if err := c.serves(body); err != nil {
		return nil, err
	}
	return op.run(c, body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Errorf("marshalling %T: %w", body, err))
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	w.Write(b)
}
