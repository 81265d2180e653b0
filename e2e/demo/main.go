// Command demo serves the demo site and a local Cognito until it is interrupted; make demo builds and runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"amplify-auth/e2e"
	"amplify-auth/e2e/emulator"
	"amplify-auth/e2e/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root, err := e2e.Root()
	if err != nil {
		return fmt.Errorf("run it inside the repository: %w", err)
	}
	sitePort, siteListener, err := listen("PORT", "8080")
	if err != nil {
		return err
	}
	defer siteListener.Close()
	cognitoPort, cognitoListener, err := listen("EMULATOR_PORT", "9229")
	if err != nil {
		return err
	}
	defer cognitoListener.Close()

	origin, cognitoURL := "http://localhost:"+sitePort, "http://127.0.0.1:"+cognitoPort
	cognito := emulator.New(emulator.Options{
		BaseURL:        cognitoURL,
		CallbackOrigin: origin,
		Logf:           func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) },
	})
	if err := cognito.Seed(); err != nil {
		return fmt.Errorf("seed the local Cognito: %w", err)
	}
	replica, err := cognito.StartReplica()
	if err != nil {
		return fmt.Errorf("start the second Region: %w", err)
	}
	defer replica.Close()
	pool := e2e.SeededCognito(cognitoURL)
	pool.Replica = &site.Replica{Region: emulator.SeedReplicaRegion, Endpoint: replica.URL()}
	pages := site.New(site.Options{Root: root, Origin: origin, Cognito: pool, SignedBy: cognito.SignedBy})

	fmt.Printf("\nDemo site      %s\nLocal Cognito  %s\n\n%s\nCtrl-C stops both.\n", origin, cognitoURL, emulator.SeedSummary)

	servers := []*http.Server{{Handler: pages}, {Handler: cognito}}
	failed := make(chan error, len(servers))
	for i, listener := range []net.Listener{siteListener, cognitoListener} {
		go func() { failed <- servers[i].Serve(listener) }()
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	for _, server := range servers {
		server.Close()
	}
	return err
}

// listen takes the port that an environment variable names, on the loopback address only.
func listen(variable, standard string) (string, net.Listener, error) {
	port := os.Getenv(variable)
	if port == "" {
		port = standard
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return "", nil, fmt.Errorf("port %s is taken: stop what uses it, or choose another with %s=…", port, variable)
	}
	if err != nil {
		return "", nil, fmt.Errorf("%s=%s: %w", variable, port, err)
	}
	return port, listener, nil
}
