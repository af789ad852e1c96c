package input

import (
	"context"
	"os"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/template"
)

// RowParts make the conversations of rows: messages, a prompt and pictures, with columns in their texts.
type RowParts struct {
	reader   *reader
	fields   rawjson.Object // of the files of messages
	messages []rowMessage
	prompt   *template.Template // nil if there is none
	pictures []rowPicture
}

// rowMessage is a message of every row: one that is always the same, or a text with columns in it.
type rowMessage struct {
	doc  rawjson.Doc
	role string
	text *template.Template // nil for a message that is always the same
}

// rowPicture is a picture of every row: one that is always the same, or a name with columns in it.
type rowPicture struct {
	picture picture
	name    *template.Template // nil for a picture that is always the same
}

// ReadRowParts reads what a spec names for the conversations of rows. Standard input is read only where something names it.
// Errors are usage errors, or the cause of ctx.
func ReadRowParts(ctx context.Context, stdin *Stdin, spec *Spec) (*RowParts, error) {
	r := &reader{spec: spec, stdin: stdin}
	if err := r.claims(); err != nil {
		return nil, err
	}
	p := &RowParts{reader: r}
	for _, it := range r.spec.Items {
		if err := p.add(ctx, it); err != nil {
			return nil, err
		}
	}
	if err := p.addPictures(ctx); err != nil {
		return nil, err
	}
	if err := p.addPrompt(ctx); err != nil {
		return nil, err
	}
	if !p.hasUserText() {
		return nil, failure.BadUsage("give the prompt as words, with {{column}} in them", "there is no prompt to send with the rows")
	}
	return p, nil
}

// add adds an item of the command line.
func (p *RowParts) add(ctx context.Context, it Item) error {
	if it.Kind == Messages {
		conv := &Conversation{Fields: p.fields}
		if err := p.reader.messages(ctx, it, conv); err != nil {
			return err
		}
		p.fields = conv.Fields
		for _, message := range conv.Added {
			p.messages = append(p.messages, rowMessage{doc: message, role: role(message)})
		}
		return nil
	}
	text, err := p.reader.text(ctx, it)
	if err != nil {
		return err
	}
	parsed, err := parseTemplate(it.Flag, text)
	p.messages = append(p.messages, rowMessage{role: it.Role, text: parsed})
	return err
}

func parseTemplate(name, text string) (*template.Template, error) {
	parsed, err := template.Parse(text)
	if err != nil {
		return nil, failure.BadUsage(`\{{ is a literal {{`, "%s: %w", name, err)
	}
	return parsed, nil
}

func (p *RowParts) addPictures(ctx context.Context) error {
	for _, arg := range p.reader.spec.Pictures {
		if !template.MayHold(arg) {
			read, err := p.reader.picture(ctx, arg)
			if err != nil {
				return err
			}
			p.pictures = append(p.pictures, rowPicture{picture: read})
			continue
		}
		name, err := parseTemplate("--attach", arg)
		if err != nil {
			return err
		}
		p.pictures = append(p.pictures, rowPicture{name: name})
	}
	return nil
}

// addPrompt adds the words of the command line. Without words but with pictures, the text of the last item is the prompt.
func (p *RowParts) addPrompt(ctx context.Context) error {
	before, after, hasDash := splitWords(p.reader.spec.Words)
	piped := ""
	if hasDash {
		text, err := p.reader.pipedText(ctx, hasDash, false)
		if err != nil {
			return err
		}
		piped = template.Escape(text)
	}
	text, err := p.reader.validUTF8("the prompt", []byte(join(before, piped, after)))
	switch last := len(p.messages) - 1; {
	case err != nil:
		return err
	case len(text) > 0:
		p.prompt, err = parseTemplate("the prompt", string(text))
		return err
	case len(p.reader.spec.Words) > 0:
		return badUsage("the prompt is empty")
	case len(p.pictures) > 0 && last >= 0 && p.messages[last].role == "user" && p.messages[last].text != nil:
		p.prompt = p.messages[last].text
		p.messages = p.messages[:last]
	}
	return nil
}

func (p *RowParts) hasUserText() bool {
	return p.prompt != nil || slices.ContainsFunc(p.messages, func(m rowMessage) bool { return m.role == "user" })
}

// Columns returns the columns in the messages, the prompt and the pictures, each as often as it occurs.
func (p *RowParts) Columns() []string {
	var all []string
	for _, m := range p.messages {
		if m.text != nil {
			all = append(all, m.text.Columns()...)
		}
	}
	if p.prompt != nil {
		all = append(all, p.prompt.Columns()...)
	}
	for _, pic := range p.pictures {
		if pic.name != nil {
			all = append(all, pic.name.Columns()...)
		}
	}
	return all
}

// Same returns what is the same in the conversations of all rows.
func (p *RowParts) Same() Conversation {
	conv := Conversation{Fields: p.fields}
	for _, m := range p.messages {
		if m.text == nil {
			conv.Added = append(conv.Added, m.doc)
		}
	}
	return conv
}

// Conversation makes the conversation of a row.
func (p *RowParts) Conversation(row *rows.Row) (Conversation, error) {
	conv := Conversation{Fields: p.fields, Added: make([]rawjson.Doc, 0, len(p.messages)+1)}
	for _, m := range p.messages {
		if m.text == nil {
			conv.Added = append(conv.Added, m.doc)
			continue
		}
		text, err := m.text.Fill(row)
		if err != nil {
			return conv, err
		}
		conv.Added = append(conv.Added, textMessage(m.role, text))
	}
	pictures, err := p.picturesOf(row)
	if err != nil || p.prompt == nil && len(pictures) == 0 {
		return conv, err
	}
	prompt := ""
	if p.prompt != nil {
		if prompt, err = p.prompt.Fill(row); err != nil {
			return conv, err
		}
	}
	conv.Added = append(conv.Added, userMessage(prompt, pictures, p.reader.spec))
	return conv, nil
}

// picturesOf reads the pictures of a row. Where it has nothing in the columns of a name, there is no picture.
func (p *RowParts) picturesOf(row *rows.Row) ([]picture, error) {
	var all []picture
	for _, pic := range p.pictures {
		switch {
		case pic.name == nil:
			all = append(all, pic.picture)
			continue
		case pic.name.IsEmpty(row):
			continue
		}
		name, err := pic.name.Fill(row)
		if err != nil {
			return nil, err
		}
		read, err := p.reader.rowPicture(name)
		if err != nil {
			return nil, err
		}
		all = append(all, read)
	}
	return all, nil
}

// rowPicture reads the picture that a row names. A row may come from anywhere, so a file must be a regular one.
func (r *reader) rowPicture(name string) (picture, error) {
	if info, err := os.Stat(name); name == "-" || err == nil && !info.Mode().IsRegular() {
		return picture{}, badUsage("the picture %s is not a regular file", displayName(name))
	}
	return r.namedPicture(name)
}
