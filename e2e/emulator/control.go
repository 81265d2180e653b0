package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// control is what tests steer: the clock, injected faults, the list of calls and the outbox. It is apart from the
// state of the service, so that a slow operation never holds it up.
type control struct {
	mu     sync.Mutex
	offset time.Duration
	faults map[faultKey]*Fault
	calls  []Call
	outbox []outboxEntry
	sent   int // messages ever sent, those of earlier runs included

	journal *journal // of clock and outbox
}

// What is kept of messages and calls: enough for a person and a long test, and no more.
const (
	maxOutbox = 2000
	maxCalls  = 20000
)

// Message is a code that was "sent".
type Message struct {
	To      string    `json:"to"`     // e-mail address or phone number
	Medium  string    `json:"medium"` // EMAIL or SMS
	Code    string    `json:"code"`   // the code, or the temporary password of an invitation
	Purpose string    `json:"purpose"`
	At      time.Time `json:"at"`
	Subject string    `json:"subject,omitempty"` // of a CustomMessage trigger
	Text    string    `json:"text,omitempty"`    // of a CustomMessage trigger
}

type outboxEntry struct {
	Number int
	Names  []string // the user name, sub, e-mail and phone number that find it
	Message
}

// Call is one operation that was served.
type Call struct {
	Operation string    `json:"operation"`
	At        time.Time `json:"at"`
	Status    int       `json:"status"`          // HTTP status; 0 if the connection was dropped
	Error     string    `json:"error,omitempty"` // exception name
	Region    string    `json:"region"`          // primary or secondary
	Fault     string    `json:"fault,omitempty"` // the injected fault that answered or delayed it
}

// Now reads the movable clock.
func (s *Server) Now() time.Time {
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	return s.options.Now().Add(s.control.offset)
}

// Advance moves the clock by d.
func (s *Server) Advance(d time.Duration) {
	defer s.settle()
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	s.control.offset += d
	s.control.journal.touch(clockTable, "offset", keptControl{&s.control})
}

// Outbox returns the messages to a user (by user name, sub, e-mail address or phone number), newest first;
// those of every user if username is empty.
func (s *Server) Outbox(username string) []Message {
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	messages := []Message{}
	for _, e := range slices.Backward(s.control.outbox) {
		if username == "" || slices.ContainsFunc(e.Names, func(n string) bool { return strings.EqualFold(n, username) }) {
			messages = append(messages, e.Message)
		}
	}
	return messages
}

func (o *control) send(names []string, m Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent++
	o.outbox = append(o.outbox, outboxEntry{o.sent, names, m})
	o.journal.touch(outboxTable, messageKey(o.sent), keptControl{o})
	if len(o.outbox) > maxOutbox {
		o.journal.touch(outboxTable, messageKey(o.outbox[0].Number), keptControl{o})
		o.outbox = slices.Delete(o.outbox, 0, 1)
	}
}

const (
	outboxTable = "outbox"
	clockTable  = "clock"
)

func messageKey(number int) string { return fmt.Sprintf("%012d", number) }

// keptControl gives the records of messages and of the clock's offset.
type keptControl struct{ *control }

func (o keptControl) record(key string) any {
	o.mu.Lock()
	defer o.mu.Unlock()
	if key == "offset" {
		return o.offset
	}
	for _, e := range o.outbox {
		if messageKey(e.Number) == key {
			return e
		}
	}
	return nil
}

func (o *control) load() error {
	err := o.journal.each(clockTable, "", func(_ string, text []byte) error { return json.Unmarshal(text, &o.offset) })
	if err != nil {
		return err
	}
	return o.journal.each(outboxTable, "", func(_ string, text []byte) error {
		var e outboxEntry
		err := json.Unmarshal(text, &e)
		o.outbox, o.sent = append(o.outbox, e), e.Number
		return err
	})
}

// Calls lists the operations served since the start or the last ResetCalls, oldest first; of very many the latest.
func (s *Server) Calls() []Call {
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	return append([]Call{}, s.control.calls...)
}

// ResetCalls empties the list of calls.
func (s *Server) ResetCalls() {
	s.control.mu.Lock()
	defer s.control.mu.Unlock()
	s.control.calls = nil
}

func (o *control) record(c *call, status int, exception string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.calls) >= maxCalls {
		o.calls = slices.Delete(o.calls, 0, maxCalls/10)
	}
	o.calls = append(o.calls, Call{Operation: c.operation, At: c.now, Status: status, Error: exception, Region: c.region, Fault: c.fault})
}

// controlRoutes are the endpoints for tests in other processes. They are no part of Cognito, take no faults and
// are not listed as calls.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_emulator/outbox", func(w http.ResponseWriter, r *http.Request) {
		writePlain(w, s.Outbox(r.URL.Query().Get("username")))
	})
	mux.HandleFunc("POST /_emulator/clock", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ AdvanceSeconds float64 }
		if readPlain(w, r, &in) {
			s.Advance(time.Duration(in.AdvanceSeconds * float64(time.Second)))
			writePlain(w, map[string]any{"now": s.Now()})
		}
	})
	mux.HandleFunc("POST /_emulator/faults", func(w http.ResponseWriter, r *http.Request) {
		var in Fault
		if readPlain(w, r, &in) {
			if err := s.InjectFault(in); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			writePlain(w, map[string]any{})
		}
	})
	mux.HandleFunc("POST /_emulator/limits", func(w http.ResponseWriter, r *http.Request) {
		in := s.rates.limits() // what is not named stays
		if readPlain(w, r, &in) {
			s.SetLimits(in)
			writePlain(w, in)
		}
	})
	mux.HandleFunc("GET /_emulator/calls", func(w http.ResponseWriter, r *http.Request) { writePlain(w, s.Calls()) })
	mux.HandleFunc("DELETE /_emulator/calls", func(w http.ResponseWriter, r *http.Request) {
		s.ResetCalls()
		writePlain(w, map[string]any{})
	})
}

func writePlain(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(body)
}

func readPlain(w http.ResponseWriter, r *http.Request, in any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}
