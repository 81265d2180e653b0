package records

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// RetryAt is until when a failing service is left alone, and the name of what failed; the zero time where nothing, or nothing
// sensible, is noted.
func (s Store) RetryAt(ctx context.Context) (at time.Time, fault string, noted bool, err error) {
	v, err := s.Storage.Get(ctx, s.RetryAtKey())
	if err != nil || v[0] == nil {
		return at, "", false, err
	}
	text, fault, _ := strings.Cut(*v[0], " ")
	at, _ = time.Parse(time.RFC3339Nano, text) // an odd note is of no time
	return at, fault, true, nil
}

// PutRetryAt notes it.
func (s Store) PutRetryAt(ctx context.Context, at time.Time, fault string) error {
	text := at.Format(time.RFC3339Nano) + " " + fault
	return s.Storage.Apply(ctx, []Change{{Key: s.RetryAtKey(), Value: &text}})
}

// ReplicaUntil is until when calls go to the replica first.
func (s Store) ReplicaUntil(ctx context.Context) (time.Time, error) {
	v, err := s.Storage.Get(ctx, s.ReplicaUntilKey())
	if err != nil || v[0] == nil {
		return time.Time{}, err
	}
	ms, _ := strconv.ParseInt(*v[0], 10, 64)
	return time.UnixMilli(ms), nil
}

// PutReplicaUntil notes it.
func (s Store) PutReplicaUntil(ctx context.Context, until time.Time) error {
	text := strconv.FormatInt(until.UnixMilli(), 10)
	return s.Storage.Apply(ctx, []Change{{Key: s.ReplicaUntilKey(), Value: &text}})
}
