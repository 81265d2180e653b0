package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cip "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"amplify-auth/e2e/emulator"
)

// TestMain lets the test binary be the server that a test kills.
func TestMain(m *testing.M) {
	if file := os.Getenv("EMULATOR_TEST_DATA"); file != "" {
		if err := (config{addr: "127.0.0.1:0", callback: "http://localhost:8080", data: file}).run(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// server is a local Cognito in a process of its own.
type server struct {
	*cip.Client
	process *exec.Cmd
}

func start(t *testing.T, file string) *server {
	t.Helper()
	s := &server{process: exec.Command(os.Args[0])}
	s.process.Env = append(os.Environ(), "EMULATOR_TEST_DATA="+file)
	out, err := s.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.process.Process.Kill(); s.process.Wait() })
	lines := bufio.NewScanner(out)
	var said []string
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Local Cognito at "); ok {
			s.Client = cip.New(cip.Options{
				Region: "us-east-1", BaseEndpoint: &url, RetryMaxAttempts: 1,
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
				}),
			})
			go func() { // so that the server never waits for a reader
				for lines.Scan() {
				}
			}()
			return s
		}
		said = append(said, lines.Text())
	}
	t.Fatalf("the server ended: %s", strings.Join(said, "\n"))
	return nil
}

// promise is what the server has acknowledged of one user.
type promise struct {
	name, password, refresh string
	deleted                 bool
}

const (
	password    = "Passw0rd!"
	newPassword = "Another0ne!"
)

// live does with a server what apps do, until it is gone, and returns what was acknowledged.
func (s *server) live(ctx context.Context, worker int, acknowledged func()) (kept []promise) {
	pool, client := aws.String(emulator.SeedPoolID), aws.String(emulator.SeedClientID)
	for i := 0; ; i++ {
		p := promise{name: fmt.Sprintf("user-%d-%d-%d", os.Getpid(), worker, time.Now().UnixNano()), password: password}
		if _, err := s.AdminCreateUser(ctx, &cip.AdminCreateUserInput{UserPoolId: pool, Username: &p.name, MessageAction: "SUPPRESS"}); err != nil {
			return kept
		}
		if _, err := s.AdminSetUserPassword(ctx, &cip.AdminSetUserPasswordInput{UserPoolId: pool, Username: &p.name, Password: &p.password, Permanent: true}); err != nil {
			return kept
		}
		kept = append(kept, p)
		mine := &kept[len(kept)-1]
		acknowledged()
		out, err := s.InitiateAuth(ctx, &cip.InitiateAuthInput{AuthFlow: "USER_PASSWORD_AUTH", ClientId: client, AuthParameters: map[string]string{"USERNAME": p.name, "PASSWORD": p.password}})
		if err != nil {
			return kept
		}
		mine.refresh = *out.AuthenticationResult.RefreshToken
		acknowledged()
		switch i % 3 {
		case 1:
			if _, err := s.ChangePassword(ctx, &cip.ChangePasswordInput{AccessToken: out.AuthenticationResult.AccessToken, PreviousPassword: aws.String(password), ProposedPassword: aws.String(newPassword)}); err != nil {
				kept = kept[:len(kept)-1] // one of the two passwords holds
				return kept
			}
			mine.password = newPassword
		case 2:
			if _, err := s.AdminDeleteUser(ctx, &cip.AdminDeleteUserInput{UserPoolId: pool, Username: &p.name}); err != nil {
				kept = kept[:len(kept)-1] // deleted or not
				return kept
			}
			mine.deleted = true
		}
		acknowledged()
	}
}

// holds checks a promise.
func (s *server) holds(ctx context.Context, p promise) error {
	client := aws.String(emulator.SeedClientID)
	out, err := s.InitiateAuth(ctx, &cip.InitiateAuthInput{AuthFlow: "USER_PASSWORD_AUTH", ClientId: client, AuthParameters: map[string]string{"USERNAME": p.name, "PASSWORD": p.password}})
	switch {
	case p.deleted && err == nil:
		return errors.New("a deleted user signs in")
	case p.deleted:
		return nil
	case err != nil:
		return err
	case out.AuthenticationResult == nil:
		return fmt.Errorf("asked for %s", out.ChallengeName)
	case p.refresh == "":
		return nil
	}
	_, err = s.InitiateAuth(ctx, &cip.InitiateAuthInput{AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: client, AuthParameters: map[string]string{"REFRESH_TOKEN": p.refresh}})
	return err
}

// TestKill kills the server in the middle of its work, again and again, on one data file. KILL_ROUNDS says how often
// (make soak: many times).
func TestKill(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("KILL_ROUNDS"))
	if err != nil {
		rounds = 3
	}
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "cognito.db")
	var all []promise
	for round := range rounds {
		s := start(t, file)
		for _, p := range all {
			if err := s.holds(ctx, p); err != nil {
				t.Fatalf("round %d, of %d users: %+v: %v", round, len(all), p, err)
			}
		}
		const workers = 6
		results := make(chan []promise, workers)
		counted := make(chan struct{}, 1000)
		for worker := range workers {
			go func() { results <- s.live(ctx, worker, func() { counted <- struct{}{} }) }()
		}
		for range 1 + rand.IntN(100) { // at any moment, the first ones too
			<-counted
		}
		s.process.Process.Kill()
		var drain sync.WaitGroup
		done := make(chan struct{})
		drain.Go(func() {
			for {
				select {
				case <-counted:
				case <-done:
					return
				}
			}
		})
		var fresh []promise
		for range workers {
			fresh = append(fresh, <-results...)
		}
		close(done)
		drain.Wait()
		s.process.Wait()
		if len(all) > 200 { // the checks of a long run stay short
			all = all[len(all)-200:]
		}
		all = append(all, fresh...)
	}
	s := start(t, file)
	for _, p := range all {
		if err := s.holds(ctx, p); err != nil {
			t.Fatalf("in the end, of %d users: %+v: %v", len(all), p, err)
		}
	}
	t.Logf("%d rounds, %d users checked at the end", rounds, len(all))

	second := exec.Command(os.Args[0])
	second.Env = append(os.Environ(), "EMULATOR_TEST_DATA="+file)
	if out, err := second.CombinedOutput(); err == nil || !strings.Contains(string(out), "is in use") {
		t.Errorf("a second process on the file: %v: %s", err, out)
	}
}
