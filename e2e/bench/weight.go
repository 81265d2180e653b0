package main

// weight compares what a page has to load, in brotli.
func (b *bench) weight(s *scenario, r *report) {
	sum := func(names ...string) []float64 {
		total := 0
		for _, name := range names {
			n, err := b.built.size(name)
			if err != nil {
				s.Fatalf("%v", err)
			}
			total += n
		}
		return []float64{float64(total)}
	}
	r.add("weight", "script before the first call", "bytes", amplify, map[string][]float64{
		ours: sum("ours.js"), amplify: sum("amplify.js"), identityJS: sum("identity-js.js"),
	})
	r.add("weight", "everything, to sign in by script", "bytes", amplify, map[string][]float64{
		ours: sum("ours.js", "amplify-auth.wasm"), amplify: sum("amplify.js"), identityJS: sum("identity-js.js"),
	})
	r.add("weight", "before a form takes typing", "bytes", authenticator, map[string][]float64{
		ours: sum("amplify-sign-in.js"), authenticator: sum("authenticator.js", "authenticator.css"),
	})
	r.add("weight", "everything, to sign in by a form", "bytes", authenticator, map[string][]float64{
		ours: sum("amplify-auth.js", "amplify-sign-in.js", "amplify-auth.wasm"), authenticator: sum("authenticator.js", "authenticator.css"),
	})
}
