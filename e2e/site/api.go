package site

import (
	"net/http"
	"strings"
)

// The shop's API: it takes requests that are signed with the user's AWS credentials, as a function URL or an API Gateway with IAM
// authorization does.

type order struct {
	ID     string  `json:"id"`
	Item   string  `json:"item"`
	Placed string  `json:"placed"` // date
	State  string  `json:"state"`
	Total  float64 `json:"total"` // in euros
}

var orders = []order{
	{"1043", "Ink, midnight blue", "2026-11-20", "packed", 12.50},
	{"1042", "A fountain pen", "2026-11-02", "on its way", 89},
	{"1041", "Two notebooks", "2026-10-11", "delivered", 24.90},
}

// serveAPI answers GET /api/orders and /api/orders/ID.
func (s *Site) serveAPI(w http.ResponseWriter, r *http.Request) bool {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/")
	if !ok {
		return false
	}
	if _, err := s.options.SignedBy(r); err != nil {
		refuse(w, http.StatusForbidden, err.Error())
		return true
	}
	if path == "orders" {
		writeJSON(w, orders)
		return true
	}
	for _, o := range orders {
		if path == "orders/"+o.ID {
			writeJSON(w, o)
			return true
		}
	}
	refuse(w, http.StatusNotFound, "There is no such order.")
	return true
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", types[".json"])
	w.WriteHeader(status)
	writeJSON(w, map[string]string{"message": message})
}
