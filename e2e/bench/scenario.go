package main

import (
	"errors"
	"fmt"
	"slices"
)

// scenario stands in for a test where the harness wants one: what would fail a test ends the benchmark.
type scenario struct {
	name     string
	problems []error
	cleanups []func()
}

// stopped is what Fatalf panics with.
type stopped struct{}

// during runs f and then what it has left to clean up; the error is what went wrong in either.
func during(name string, f func(*scenario)) error {
	s := &scenario{name: name}
	s.protect(func() { f(s) })
	for _, cleanup := range slices.Backward(s.cleanups) {
		s.protect(cleanup)
	}
	if err := errors.Join(s.problems...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// within is during for a part of a scenario, so that its pages and servers are gone when it ends.
func (s *scenario) within(f func(*scenario)) {
	if err := during(s.name, f); err != nil {
		s.Fatalf("%v", err)
	}
}

func (s *scenario) protect(f func()) {
	defer func() {
		if r := recover(); r != nil && r != any(stopped{}) {
			panic(r)
		}
	}()
	f()
}

func (s *scenario) Helper()             {}
func (s *scenario) Name() string        { return s.name }
func (s *scenario) Logf(string, ...any) {}
func (s *scenario) Cleanup(f func())    { s.cleanups = append(s.cleanups, f) }
func (s *scenario) Errorf(format string, args ...any) {
	s.problems = append(s.problems, fmt.Errorf(format, args...))
}

func (s *scenario) Fatalf(format string, args ...any) {
	s.Errorf(format, args...)
	panic(stopped{})
}
