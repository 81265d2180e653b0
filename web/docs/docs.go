// Package docs holds the documentation: Markdown files, read on GitHub and in the npm package as they are, and rendered for the
// demo site.
package docs

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Files are the pages: *.md.
//
//go:embed *.md
var Files embed.FS

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(siteLinks{}, 100))),
)

// siteLinks turns the links between files (`start.md#browsers`) into those between pages of the site.
type siteLinks struct{}

var file = regexp.MustCompile(`^([\w-]+)\.md(#.*)?$`)

func (siteLinks) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			link.Destination = file.ReplaceAll(link.Destination, []byte("/docs/$1$2"))
		}
		return ast.WalkContinue, nil
	})
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{{.Title}} – amplify-auth</title>
  <link rel="icon" href="/icon.svg">
  <link rel="stylesheet" href="/docs.css">
</head>
<body>
  <header><a href="/docs/">amplify-auth</a> <a href="/">Demo</a></header>
  <main>
{{.Content}}
  </main>
</body>
</html>
`))

// Render gives the HTML of a page by its name without ending, `README` for the index; fs.ErrNotExist where there is none.
func Render(name string) ([]byte, error) {
	if !fs.ValidPath(name) || path.Base(name) != name {
		return nil, fs.ErrNotExist
	}
	source, err := Files.ReadFile(name + ".md")
	if err != nil {
		return nil, err
	}
	var content, out bytes.Buffer
	if err := markdown.Convert(source, &content); err != nil {
		return nil, err
	}
	accessible := strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<th></th>", "<td></td>").Replace(content.String()) // a keyboard scrolls; no heading is empty
	title, _, _ := strings.Cut(strings.TrimPrefix(string(source), "# "), "\n")
	err = page.Execute(&out, map[string]any{"Title": title, "Content": template.HTML(accessible)})
	return out.Bytes(), err
}
