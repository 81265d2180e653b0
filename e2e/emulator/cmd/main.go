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
	flag.Parse()
	if err := run(*addr, *baseURL, *callback); err != nil {
		log.Fatal(err)
	}
}

func run(addr, baseURL, callback string) error {
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

	server := &http.Server{Handler: cognito, ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
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
		return fmt.Errorf("-addr %s: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("-addr %s: the local Cognito listens on loopback only (127.0.0.1, [::1] or localhost)", addr)
	}
	return nil
}
