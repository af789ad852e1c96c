package conversation

import (
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// show prints the request on one line instead of sending it.
func (s *session) show() error {
	s.Connect.HideKeyFile(s.con)
	header, _, err := s.Connect.Header(s.con)
	if err != nil {
		return err
	}
	doc := s.req.Doc()
	if s.Curl {
		// The command would send the key.
		guarded := header.Clone()
		if s.keyVariable(s.to, header) != "" {
			guarded.Set("Authorization", "Bearer")
		}
		if err := s.Connect.Guard(s.con, s.to, guarded); err != nil {
			return err
		}
		if doc, err = s.curl(doc, header, s.to); err != nil {
			return err
		}
	} else {
		doc = doc.Map(oneLine)
		doc.Text("\n")
	}
	if _, err := doc.WriteTo(s.out); err != nil {
		return &render.WriteError{Err: err}
	}
	return nil
}
