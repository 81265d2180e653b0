package main

import (
	"strings"
	"testing"
)

func TestOnLoopback(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:9229": true, "localhost:0": true, "[::1]:9229": true, "127.5.5.5:1": true,
		":9229": false, "0.0.0.0:9229": false, "[::]:9229": false, "192.0.2.1:80": false, "example.com:80": false, "127.0.0.1": false,
	} {
		if err := onLoopback(addr); (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
	}
	if err := (config{addr: "0.0.0.0:0"}).run(); err == nil || !strings.Contains(err.Error(), "loopback only") {
		t.Errorf("got %v", err)
	}
}
