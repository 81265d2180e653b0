// Package autherror has the one type of every error that a user of the library can meet. The table of codes is in
// core/contract, Cognito's names in our codes in core.
package autherror

import (
	"context"
	"errors"
	"strings"
)

// An Error is every error a user of the library can meet.
type Error struct {
	Name      string // the service's exception name, or ours
	Code      string // stable, camelCase; the names of AWSMobileClientError where it has one
	Message   string // what happened and what to do; never holds a secret
	Retryable bool   // the same call may succeed later
	RequestID string // the service's, where it answered
	Cause     error

	sentinel *Error // what Because made it from
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether e is the sentinel target, or one made from it: several share
// a name and a code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && (e == t || e.sentinel != nil && e.sentinel == t)
}

// New makes an error of ours: its name is its code in upper camel case.
func New(code, message string) *Error {
	return &Error{Name: strings.ToUpper(code[:1]) + code[1:], Code: code, Message: message}
}

// Because is e with what caused it.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Cause = err
	if c.sentinel == nil {
		c.sentinel = e
	}
	return &c
}

// From makes an *Error of any error: of a context that ended, of one of ours,
// or of something unforeseen.
func From(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Name: "TimeoutError", Code: "timeout", Message: "The call did not end within its timeout.", Retryable: true, Cause: err}
	case errors.Is(err, context.Canceled):
		return &Error{Name: "AbortError", Code: "aborted", Message: "The call was aborted.", Cause: err}
	}
	return &Error{Name: "UnknownError", Code: "unknown", Message: err.Error(), Cause: err}
}

// An Object is an Error as data.
type Object struct {
	Name      string `json:"name"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Retryable bool   `json:"retryable"`
	RequestID string `json:"requestId,omitempty"`
}

// Object returns e as data.
func (e *Error) Object() *Object {
	return &Object{e.Name, e.Code, e.Message, e.Retryable, e.RequestID}
}

// Err is the Error that o was made of, without its cause.
func (o *Object) Err() *Error {
	return &Error{Name: o.Name, Code: o.Code, Message: o.Message, Retryable: o.Retryable, RequestID: o.RequestID}
}
