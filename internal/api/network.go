package api

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// networkError tells why there was no answer at all. The URL is left out of it: its query
// may hold a secret.
func networkError(host string, err error) error {
	if _, ok := errors.AsType[*LocalError](err); ok {
		return err
	}
	e := newError(failure.Network, err, "can't reach %s: %v", host, PlainCause(err))
	if timedOut(err) {
		e.Kind = failure.Timeout
	}
	// A certificate or a protocol does not get better by asking again.
	var cert *tls.CertificateVerificationError
	e.Retryable = !errors.As(err, &cert) && !speaksHTTP(err)
	return e
}

// speaksHTTP says that the server answered a TLS handshake in plain http.
func speaksHTTP(err error) bool {
	record, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok && string(record.RecordHeader[:]) == "HTTP/"
}

// Unreached says that not even a connection came about: the server's name, its port, its
// certificate or its proxy's place is wrong, or it does not run.
func (e *Error) Unreached() bool {
	op, failed := errors.AsType[*net.OpError](e.Err)
	_, dns := errors.AsType[*net.DNSError](e.Err)
	_, cert := errors.AsType[*tls.CertificateVerificationError](e.Err)
	// A TLS handshake that takes too long is no operation of its own.
	slow := timedOut(e.Err) && (!failed || op.Op == "dial")
	return e.Status == 0 && !isBound(e.Err) && (failed && (op.Op == "dial" || op.Op == "proxyconnect") || dns || cert || slow || speaksHTTP(e.Err))
}

// PlainCause says what a network error means without the names of system calls.
func PlainCause(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy can't be reached: " + PlainCause(op.Err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &dns):
		return "the name could not be looked up: " + dns.Err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection without an answer"
	case timedOut(err):
		return "timed out while connecting"
	case speaksHTTP(err):
		return "it speaks plain http, not https"
	case errors.As(err, &op):
		if system, ok := errors.AsType[*os.SyscallError](op.Err); ok {
			return system.Err.Error()
		}
		return op.Err.Error()
	}
	return err.Error()
}
