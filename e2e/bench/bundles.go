package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/chromedp/cdproto/target"

	"amplify-auth/e2e"
	"amplify-auth/e2e/browser"
	"amplify-auth/e2e/peers"
)

// bundles are the files of the pages, as a production build would deploy them.
type bundles struct {
	files map[string]file // by path on the site
	dist  string
}

type file struct{ plain, brotli []byte }

// build bundles the pages. This module is bundled into its page as aws-amplify is into its own; its wasm and the widget
// come from dist.
func build(packages *peers.Packages, dist string) (*bundles, error) {
	b := &bundles{files: map[string]file{}, dist: dist}
	entries := map[string]string{
		"/ours.js": "pages/ours.js", "/amplify.js": "pages/amplify.js", "/identity-js.js": "pages/identity-js.js",
		"/authenticator.js": "pages/authenticator.jsx", "/authenticator.css": "pages/authenticator.css",
		"/bare.js":       "pages/bare.js",
		"/flows-ours.js": "pages/flows-ours.js", "/flows-amplify.js": "pages/flows-amplify.js",
	}
	for name, entry := range entries {
		plain, err := packages.Bundle(entry, "--alias:amplify-auth="+filepath.Join(dist, "amplify-auth.js"), "--external:./amplify-sign-in.js")
		if err != nil {
			return nil, err
		}
		var packed bytes.Buffer
		w := brotli.NewWriterLevel(&packed, brotli.BestCompression)
		if _, err := w.Write(plain); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		b.files[name] = file{plain, packed.Bytes()}
	}
	return b, nil
}

// size is the weight in brotli of a file, of the bundles or of dist.
func (b *bundles) size(name string) (int, error) {
	if f, ok := b.files["/"+name]; ok {
		return len(f.brotli), nil
	}
	info, err := os.Stat(filepath.Join(b.dist, name+".br"))
	if err != nil {
		return 0, err
	}
	return int(info.Size()), nil
}

// stage is a local Cognito and an origin that serves the bundles beside the demo site's files.
type stage struct {
	*e2e.Env
	origin string
}

func (b *bundles) stage(s *scenario) *stage {
	e := e2e.Start(s)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatalf("%v", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := b.files[r.URL.Path]
		if !ok {
			e.Site.ServeHTTP(w, r)
			return
		}
		kind := "text/javascript; charset=utf-8"
		if path.Ext(r.URL.Path) == ".css" {
			kind = "text/css; charset=utf-8"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "br") { // plain HTTP, but localhost: Chromium offers brotli
			w.Write(f.plain)
			return
		}
		w.Header().Set("Content-Encoding", "br")
		w.Write(f.brotli)
	})}
	go server.Serve(listener)
	s.Cleanup(func() { server.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return &stage{e, "http://localhost:" + port}
}

// page makes the page of a product for a task and returns its URL.
func (st *stage) page(product, task string, pool *peers.Pool) string {
	body := `<script type="module" src="/` + script(product) + `"></script>`
	if product == authenticator {
		body = `<link rel="stylesheet" href="/authenticator.css"><div id="root"></div>` + body
	}
	name, engine := script(product)+"-"+task, ""
	switch product {
	case onPage:
		name, engine = name+"-on-page", ` data-engine="page"`
	case compiling:
		name, engine = name+"-compiling", ` data-engine="compiled"`
	}
	return st.html(name, `<html lang="en" data-task="`+task+`"`+engine+`>`, body, pool)
}

// widget is the page of <amplify-sign-in>.
func (st *stage) widget(pool *peers.Pool) string {
	return st.html("widget", `<html lang="en">`,
		`<amplify-sign-in config="/config.json"></amplify-sign-in><script type="module" src="/amplify-sign-in.js"></script>`, pool)
}

func (st *stage) html(name, root, body string, pool *peers.Pool) string {
	config := e2e.Args(pool.Config())
	st.Site.Page("/config.json", config, "")
	// The Authenticator makes style elements; the policy is off for all of them alike.
	st.Site.Page("/"+name, `<!doctype html>`+root+`<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>`+name+`</title><link rel="icon" href="data:,"><script type="application/json" id="config">`+config+`</script>`+body, "none")
	return st.origin + "/" + name
}

func script(product string) string {
	switch product {
	case ours, onPage:
		return "ours.js"
	case bare, compiling:
		return "bare.js"
	case amplify:
		return "amplify.js"
	case authenticator:
		return "authenticator.js"
	case identityJS:
		return "identity-js.js"
	}
	panic(fmt.Sprintf("no page of %s", product))
}

// coldTab is a tab of a new profile: nothing is cached, nothing stored. It shows an empty page of the site already, so
// that the start of the browser's own processes is no part of what is measured next.
func (st *stage) coldTab(s *scenario) *browser.Tab {
	tab := browser.NewTab(s)
	call(s, tab, target.SetAutoAttach, target.SetAutoAttachParams{}) // who is attached to a worker holds up its start
	st.Site.Page("/empty", `<!doctype html><title>empty</title><link rel="icon" href="data:,"><p>empty`, "none")
	tab.Open(st.origin + "/empty")
	tab.Run("new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))")
	return tab
}
