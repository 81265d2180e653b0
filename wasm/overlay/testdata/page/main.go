// Command page uses what the overlay replaces. It prints the same whether it
// was built with the overlay or with the standard library as it is.
package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
)

func main() {
	signatures(os.Args[1], os.Args[2])
	hashes()
	headers()
	requests()
	addresses()
	expressions()
	times()
	fmt.Fprintln(os.Stderr, "to stderr", os.Getenv("NOT_SET") == "", len(debug.Stack()) > 0)
	if n, err := os.Stdin.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		fmt.Println("read from standard input", n, err)
	}
	os.Exit(3)
}

func signatures(modulus, signature string) {
	n, _ := new(big.Int).SetString(modulus, 16)
	s, _ := new(big.Int).SetString(signature, 16)
	key := &rsa.PublicKey{N: n, E: 65537}
	sig := s.FillBytes(make([]byte, key.Size()))
	sum := sha256.Sum256([]byte("message"))
	fmt.Println("verify", key.Size(), rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig))
	for i := range sig {
		sig[i] ^= 1
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig); !errors.Is(err, rsa.ErrVerification) {
			fmt.Println("forged signature:", i, err)
		}
		sig[i] ^= 1
	}
	fmt.Println(rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[1:], sig))
	fmt.Println(rsa.VerifyPKCS1v15(key, crypto.SHA384, append(sum[:], sum[:16]...), sig))
	fmt.Println(rsa.VerifyPKCS1v15(&rsa.PublicKey{N: big.NewInt(3233), E: 17}, crypto.SHA256, sum[:], []byte{1, 2}))
	fmt.Println(rsa.VerifyPKCS1v15(&rsa.PublicKey{N: n, E: 2}, crypto.SHA256, sum[:], sig))
	fmt.Println(rsa.VerifyPKCS1v15(&rsa.PublicKey{E: 3}, crypto.SHA256, sum[:], sig))
	fmt.Println(key.Equal(&rsa.PublicKey{N: new(big.Int).Set(n), E: 65537}), key.Equal(&rsa.PublicKey{N: n, E: 3}))
}

func hashes() {
	mac := hmac.New(sha256.New, []byte("Jefe"))
	io.WriteString(mac, "what do ya want for nothing?")
	fmt.Printf("%x %x\n", mac.Sum(nil), md5.Sum([]byte("abc")))
	mac.Reset()
	fmt.Printf("%x %v\n", mac.Sum(nil), hmac.Equal([]byte{1}, []byte{1}))
	a, b := make([]byte, 100000), make([]byte, 100000)
	rand.Read(a)
	io.ReadFull(rand.Reader, b)
	n, err := rand.Int(rand.Reader, big.NewInt(1))
	fmt.Println(bytes.Equal(a, b), bytes.Count(a, []byte{0}) > 1000, n, err)
}

func headers() {
	h := http.Header{}
	h.Add("x-amz-target", "a")
	h.Add("X-AMZ-Target", "b")
	h.Set("content-type", "c")
	h.Add("bad name", "d")
	c := h.Clone()
	c.Del("Content-Type")
	fmt.Println(h, c, h.Get("X-Amz-TARGET"), h.Values("x-amz-target"), http.CanonicalHeaderKey("aMZ-sDK"), http.StatusText(404))
}

func requests() {
	for _, c := range []struct{ method, url string }{
		{"", "https://example.com:443/a?b=c#d"}, {"GET", "http://[::1]:80/"}, {"POST", "http://h:/"}, {"a b", "http://h"}, {"GET", "http://h\x7f/"}, {"É", "/"},
	} {
		r, err := http.NewRequest(c.method, c.url, strings.NewReader("body"))
		if err != nil {
			fmt.Println(err)
			continue
		}
		type key struct{}
		r = r.Clone(context.WithValue(r.Context(), key{}, 1))
		body, _ := r.GetBody()
		text, _ := io.ReadAll(body)
		fmt.Println(r.Method, r.URL, r.Host, r.ContentLength, string(text), r.Context().Value(key{}))
	}
	r, _ := http.NewRequest("PUT", "http://u:p@h/", strings.NewReader(""))
	c := r.Clone(context.Background())
	c.URL.Path, c.URL.User = "/changed", url.User("x")
	fmt.Println(r.Body == http.NoBody, r.URL, c.URL)
	_, err := http.NewRequestWithContext(nil, "GET", "/", nil) //lint:ignore SA1012 the error is the point
	fmt.Println(err)
}

func addresses() {
	for _, s := range []string{"h:1", "[::1]:2", "h", "::1", "[::1", "h:1:2", "[a]b:1", ""} {
		host, port, err := net.SplitHostPort(s)
		fmt.Printf("%q %q %v\n", host, port, err)
	}
	fmt.Println(net.ParseIP("1.2.3.4") != nil, net.ParseIP("::1") != nil, net.ParseIP("1.2.3"), net.ParseIP("fe80::1%en0"))
	a, b, c := netip.MustParseAddr("fe80::1%en0"), netip.MustParseAddr("fe80::1%en0"), netip.MustParseAddr("fe80::1%en1")
	fmt.Println(a == b, a == c, a)
	u, err := url.Parse("http://[fe80::1%25en0]:80/")
	fmt.Println(u, err)
}

func expressions() {
	e := regexp.MustCompile(`^(us|eu|ap)\-\w+\-\d+$`)
	fmt.Println(e, e.MatchString("eu-west-1"), e.MatchString("xeu-west-1"), e.MatchString("us-gov-east-x"), e.MatchString("ap-a-12"))
	fmt.Println(regexp.MustCompile(`(?i)gr[ae]+y`).MatchString("a Graey b"), regexp.MustCompile(`(a+)+$`).MatchString(strings.Repeat("a", 40)+"b"))
}

func times() {
	t := time.Unix(1e9, 0)
	text, err := json.Marshal(struct{ T time.Time }{t.UTC()})
	fmt.Println(string(text), err, t.UTC().Format(time.RFC850))
	t, err = time.Parse(time.RFC1123, "Sun, 06 Nov 1994 08:49:37 GMT")
	fmt.Println(t.Unix(), err)
	f := big.NewFloat(1.7e9)
	n, _ := f.Mul(f, big.NewFloat(1e3)).Int64()
	fmt.Println(n, new(big.Int).Exp(big.NewInt(3), big.NewInt(200), big.NewInt(1000003)))
}
