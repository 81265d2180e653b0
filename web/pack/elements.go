package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"amplify-auth/core/contract"
	"amplify-auth/web/docs"
)

// The Custom Elements Manifest (schema 1.0.0), from which editors and catalogues know the elements. What it says is what
// the documentation's page of the elements says.
type (
	manifest struct {
		SchemaVersion string     `json:"schemaVersion"`
		Readme        string     `json:"readme"`
		Modules       []jsModule `json:"modules"`
	}
	jsModule struct {
		Kind         string        `json:"kind"`
		Path         string        `json:"path"`
		Declarations []declaration `json:"declarations"`
		Exports      []export      `json:"exports"`
	}
	declaration struct {
		Kind          string `json:"kind"`
		Name          string `json:"name"`
		Description   string `json:"description"`
		TagName       string `json:"tagName"`
		CustomElement bool   `json:"customElement"`
		Superclass    named  `json:"superclass"`
		Attributes    []item `json:"attributes"`
		Members       []item `json:"members"`
		Events        []item `json:"events"`
		Slots         []item `json:"slots,omitempty"`
		CSSParts      []item `json:"cssParts"`
		CSSProperties []item `json:"cssProperties"`
	}
	export struct {
		Kind        string    `json:"kind"`
		Name        string    `json:"name"`
		Declaration reference `json:"declaration"`
	}
	reference struct {
		Name   string `json:"name"`
		Module string `json:"module"`
	}
	named struct {
		Name string `json:"name"`
	}
	item struct {
		Kind        string `json:"kind,omitempty"`
		Name        string `json:"name"`
		Description string `json:"description,omitempty"`
		Type        *typed `json:"type,omitempty"`
	}
	typed struct {
		Text string `json:"text"`
	}
)

const elementModule = "amplify-sign-in.js"

// customElements makes the manifest of the page.
func customElements() ([]byte, error) {
	source, err := docs.Files.ReadFile("element.md")
	if err != nil {
		return nil, err
	}
	page := elementPage(source)
	signIn := declaration{
		Kind: "class", Name: "AmplifySignInElement", TagName: "amplify-sign-in", CustomElement: true, Superclass: named{"HTMLElement"},
		Description: "Shows what a sign-in needs to who is signed out, and its content to who is signed in.",
		Attributes:  page.rows("Attributes"), Members: page.rows("Properties and methods"), Events: page.rows("Events"),
		Slots: page.slots(), CSSParts: page.codes("Parts:"), CSSProperties: page.rows("Looks"),
	}
	for i, p := range signIn.CSSProperties {
		signIn.CSSProperties[i].Name = "--amplify-auth-" + p.Name
	}
	for i, m := range signIn.Members {
		signIn.Members[i].Kind = "field"
		if name, _, ok := strings.Cut(m.Name, "("); ok {
			signIn.Members[i].Kind, signIn.Members[i].Name = "method", name
		}
	}
	for i := range signIn.Events {
		signIn.Events[i].Type = &typed{"CustomEvent"}
	}
	account := signIn
	account.Name, account.TagName, account.Slots = "AmplifyAccountElement", "amplify-account", nil
	account.Description = "What a signed-in user can change about the account."
	account.Attributes = only(signIn.Attributes, "config", "lang", "dir", "theme", "confirm-password", "dial-codes", "totp-issuer", "totp-account-name")
	account.Members = only(signIn.Members, "auth", "texts", "fields", "screen", "showScreen")
	account.Events = only(signIn.Events, "signedout", "screenchange", "beforesubmit", "aftersubmit", "autherror")

	m := jsModule{Kind: "javascript-module", Path: elementModule, Declarations: []declaration{signIn, account}}
	for _, d := range m.Declarations {
		for _, list := range [][]item{d.Attributes, d.Members, d.Events, d.CSSParts, d.CSSProperties} {
			if len(list) == 0 {
				return nil, fmt.Errorf("element.md has lost a table that custom-elements.json is made of")
			}
		}
		to := reference{d.Name, elementModule}
		m.Exports = append(m.Exports, export{"js", d.Name, to}, export{"custom-element-definition", d.TagName, to})
	}
	return json.MarshalIndent(manifest{"1.0.0", "README.md", []jsModule{m}}, "", "  ")
}

func only(list []item, names ...string) (out []item) {
	for _, i := range list {
		if slices.Contains(names, i.Name) {
			out = append(out, i)
		}
	}
	return out
}

type elementPage string

var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	capitals = regexp.MustCompile("[A-Z]+")
	tableRow = regexp.MustCompile("(?m)^\\| *(`.*?) *\\|(.*)\\|$")
)

// section is the text under a heading.
func (p elementPage) section(heading string) string {
	_, text, _ := strings.Cut(string(p), "\n## "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// rows are the names in the first column of a section's table, each with what the last column says.
func (p elementPage) rows(heading string) (items []item) {
	for _, row := range tableRow.FindAllStringSubmatch(p.section(heading), -1) {
		cells := strings.Split(row[2], " | ")
		for _, name := range codeSpan.FindAllStringSubmatch(row[1], -1) {
			items = append(items, item{Name: name[1], Description: strings.TrimSpace(cells[len(cells)-1])})
		}
	}
	return items
}

// codes are the code spans of the paragraph that begins with these words, without what stands in brackets.
func (p elementPage) codes(begin string) (items []item) {
	_, text, _ := strings.Cut(string(p), "\n"+begin)
	text, _, _ = strings.Cut(text, "\n\n")
	for _, name := range codeSpan.FindAllStringSubmatch(text, -1) {
		items = append(items, item{Name: name[1]})
	}
	return items
}

// slots are the default one, those of the frame, and three of each screen.
func (p elementPage) slots() []item {
	items := []item{
		{Name: "", Description: "Shown while a user is signed in."}, {Name: "header", Description: "In place of the logo."},
		{Name: "footer"}, {Name: "sign-up-fields", Description: "Inputs of the page's own, sent by their name."},
	}
	screens := p.codes("Screens:")
	for _, s := range contract.SignInStates {
		if s.Name != "signedIn" {
			screens = append(screens, item{Name: s.Name})
		}
	}
	var seen []string
	for _, screen := range screens {
		name := kebab(screen.Name)
		if screen.Name == "signInState" || slices.Contains(seen, name) {
			continue
		}
		seen = append(seen, name)
		items = append(items, item{Name: name, Description: "In place of the whole screen."},
			item{Name: name + "-header"}, item{Name: name + "-footer"})
	}
	return items
}

// kebab is that of web/widget/dom.js: smsMFA -> sms-mfa.
func kebab(name string) string {
	return capitals.ReplaceAllStringFunc(name, func(upper string) string { return "-" + strings.ToLower(upper) })
}
