// Command cmd serves the local Cognito of package emulator on loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"amplify-auth/e2e/emulator"
)

// config is what the flags say.
type config struct {
	addr, baseURL, callback, replica string
	data, seed                       string
	limits                           bool
}

func main() {
	log.SetFlags(0)
	var c config
	flag.StringVar(&c.addr, "addr", "127.0.0.1:9229", "loopback `host:port` to listen on")
	flag.StringVar(&c.baseURL, "base-url", "", "origin that clients use, the base of the tokens' issuer (default http://<addr>)")
	flag.StringVar(&c.callback, "callback-origin", "http://localhost:8080", "origin of the demo site, whose /callback and /signed-out the seeded clients allow")
	flag.StringVar(&c.replica, "replica", "", "loopback `host:port` that serves the same pools as a secondary Region; none if empty")
	flag.StringVar(&c.data, "data", "", "`file` that keeps everything over restarts; in memory only if empty")
	flag.StringVar(&c.seed, "seed", "", "JSON `file` with pools, clients and users of one's own, in place of the built-in ones")
	flag.BoolVar(&c.limits, "limits", false, "the limits of a real account: request rates (TooManyRequestsException), and the lock-out after wrong passwords")
	flag.Parse()
	if err := c.run(); err != nil {
		log.Fatal(err)
	}
}

func (c config) run() error {
	listener, err := listen(c.addr)
	if err != nil {
		return err
	}
	if c.baseURL == "" {
		c.baseURL = "http://" + listener.Addr().String()
	}
	cognito, err := emulator.Open(emulator.Options{BaseURL: c.baseURL, CallbackOrigin: c.callback, Data: c.data, Limits: emulator.Limits{Rates: c.limits, Lockout: c.limits}, Logf: log.Printf})
	if err != nil {
		return err
	}
	defer cognito.Close()
	if err := c.fill(cognito); err != nil {
		return err
	}
	fmt.Printf("Local Cognito at %s\n", c.baseURL)
	fmt.Print(cognito.Summary())

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.replica != "" {
		second, err := listen(c.replica)
		if err != nil {
			return err
		}
		fmt.Printf("Its pools in %s at http://%s\n", emulator.SeedReplicaRegion, second.Addr())
		secondary := &http.Server{Handler: cognito.ReplicaHandler(), ReadHeaderTimeout: 10 * time.Second}
		defer secondary.Close()
		go secondary.Serve(second)
	}

	server := &http.Server{Handler: cognito, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// fill makes the pools of -seed, or the built-in ones.
func (c config) fill(cognito *emulator.Server) error {
	if c.seed == "" {
		return cognito.Seed()
	}
	text, err := os.ReadFile(c.seed)
	if err != nil {
		return err
	}
	if err := cognito.SeedJSON(text); err != nil {
		return fmt.Errorf("%s: %w", c.seed, err)
	}
	return nil
}

// listen refuses an address that other machines could reach: the server takes any credentials.
func listen(addr string) (net.Listener, error) {
	if err := onLoopback(addr); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken: stop what uses it, or choose another address with -addr", addr)
	}
	return listener, err
}

func onLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("%s: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s: the local Cognito listens on loopback only (127.0.0.1, [::1] or localhost)", addr)
	}
	return nil
}
