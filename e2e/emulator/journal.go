package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// The data file (-data): a bbolt database with a bucket of JSON records for every table of the state. It is read whole
// at the start. From then on no answer leaves before the rows that its request changed are on the disk: rows are noted
// as they are got, compared with what the file has when the request is done, and written in one transaction with those
// of the requests that wait at the same time.

// journal collects what may have changed, and writes it. A nil journal keeps nothing.
type journal struct {
	db *bbolt.DB

	mu      sync.Mutex // guards the fields below; may be taken with Server.mu held
	touched map[rowKey]recordSource
	saved   map[rowKey][sha256.Size]byte // of the records on the disk or on their way there
	pending map[rowKey][]byte            // to be written; nil removes

	writing sync.Mutex // held by the one who writes, for all who wait
}

type rowKey struct{ table, key string }

// recordSource gives a row's record; nil if the row is gone.
type recordSource interface{ record(key string) any }

// openTimeout is how long another process may take to let the file go.
const openTimeout = 2 * time.Second

func openJournal(file string) (*journal, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: openTimeout})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use: another local Cognito runs on this data file; stop it, or take another file", file)
	}
	if err != nil {
		return nil, fmt.Errorf("the data file %s cannot be opened: %w", file, err)
	}
	return &journal{db: db, touched: map[rowKey]recordSource{}, saved: map[rowKey][sha256.Size]byte{}, pending: map[rowKey][]byte{}}, nil
}

func (j *journal) touch(table, key string, from recordSource) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.touched[rowKey{table, key}] = from
}

// commit returns when all that was changed before it is on the disk.
func (s *Server) commit() error {
	j := s.journal
	if j == nil {
		return nil
	}
	s.mu.Lock()
	err := j.collect()
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return j.flush()
}

// settle is commit for what tests call in this process: a failure is logged.
func (s *Server) settle() {
	if err := s.commit(); err != nil {
		s.options.Logf("%v", err)
	}
}

// collect encodes the touched rows that changed. The state is locked.
func (j *journal) collect() error {
	j.mu.Lock()
	touched := j.touched
	j.touched = map[rowKey]recordSource{}
	j.mu.Unlock()
	for key, from := range touched {
		var text []byte
		if record := from.record(key.key); record != nil {
			var err error
			if text, err = json.Marshal(record); err != nil {
				return fmt.Errorf("%s %s: %w", key.table, key.key, err)
			}
		}
		j.note(key, text)
	}
	return nil
}

func (j *journal) note(key rowKey, text []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	old, known := j.saved[key]
	sum := sha256.Sum256(text)
	switch {
	case text == nil && !known, text != nil && known && sum == old:
		return
	case text == nil:
		delete(j.saved, key)
	default:
		j.saved[key] = sum
	}
	j.pending[key] = text
}

// flush writes what is pending. Who waits for another's transaction finds its own rows written, or writes them with all
// that came meanwhile.
func (j *journal) flush() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	batch := j.pending
	j.pending = map[rowKey][]byte{}
	j.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	err := j.db.Update(func(tx *bbolt.Tx) error {
		for key, text := range batch {
			bucket, err := tx.CreateBucketIfNotExists([]byte(key.table))
			if err != nil {
				return err
			}
			if text == nil {
				err = bucket.Delete([]byte(key.key))
			} else {
				err = bucket.Put([]byte(key.key), text)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // the next one tries again, with newer records where there are any
		j.mu.Lock()
		defer j.mu.Unlock()
		maps.Copy(batch, j.pending)
		j.pending = batch
		return fmt.Errorf("writing the data file: %w", err)
	}
	return nil
}

// each reads a table of the file, or the keys of it that have a prefix, in the order of the keys. read gets a key without
// the prefix.
func (j *journal) each(table, prefix string, read func(key string, text []byte) error) error {
	return j.db.View(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket([]byte(table))
		if bucket == nil {
			return nil
		}
		cursor := bucket.Cursor()
		for key, text := cursor.Seek([]byte(prefix)); bytes.HasPrefix(key, []byte(prefix)) && key != nil; key, text = cursor.Next() {
			j.saved[rowKey{table, string(key)}] = sha256.Sum256(text)
			if err := read(string(key[len(prefix):]), text); err != nil {
				return fmt.Errorf("%s %s: %w", table, key, err)
			}
		}
		return nil
	})
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.db.Close()
}
