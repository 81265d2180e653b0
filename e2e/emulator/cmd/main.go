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

func main() {
	log.SetFlags(0)
	addr := flag.String("addr", "127.0.0.1:9229", "loopback `host:port` to listen on")
	baseURL := flag.String("base-url", "", "origin that clients use, the base of the tokens' issuer (default http://<addr>)")
	callback := flag.String("callback-origin", "http://localhost:8080", "origin of the demo site, whose /callback and /signed-out the seeded clients allow")
	replica := flag.String("replica", "", "loopback `host:port` that serves the same pools as a secondary Region; none if empty")
	flag.Parse()
	if err := run(*addr, *baseURL, *callback, *replica); err != nil {
		log.Fatal(err)
	}
}

func run(addr, baseURL, callback, replica string) error {
	if err := onLoopback(addr); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	if baseURL == "" {
		baseURL = "http://" + listener.Addr().String()
	}
	cognito := emulator.New(emulator.Options{BaseURL: baseURL, CallbackOrigin: callback, Logf: log.Printf})
	if err := cognito.Seed(); err != nil {
		return err
	}
	fmt.Printf("Local Cognito at %s\n", baseURL)
	fmt.Print(emulator.SeedSummary)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if replica != "" {
		if err := onLoopback(replica); err != nil {
			return err
		}
		second, err := net.Listen("tcp", replica)
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

// onLoopback refuses an address that other machines could reach: the server takes any credentials.
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
