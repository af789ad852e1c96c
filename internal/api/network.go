package api

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// networkError describes why there was no response. It leaves out the URL, whose query may contain a secret.
func networkError(host string, err error) error {
	if _, ok := errors.AsType[*LocalError](err); ok {
		return err
	}
	e := reply.NewError(failure.Network, err, "can't reach %s: %v", host, PlainCause(err))
	if isNetTimeout(err) {
		e.Kind = failure.Timeout
	}
	// Another attempt would meet the same certificate or protocol.
	var cert *tls.CertificateVerificationError
	e.Retryable = !errors.As(err, &cert) && !speaksHTTP(err) && !WantsCertificate(err)
	return e
}

// WantsCertificate reports whether the server refused to talk to a client without a certificate, or with the one that was shown.
func WantsCertificate(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate")
}

// speaksHTTP reports whether the server answered a TLS handshake in plain HTTP.
func speaksHTTP(err error) bool {
	record, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok && string(record.RecordHeader[:]) == "HTTP/"
}

// Unreached reports whether no connection could be established: the host, port, certificate or proxy is wrong, or the
// server does not run.
func Unreached(e *reply.Error) bool {
	op, failed := errors.AsType[*net.OpError](e.Err)
	_, dns := errors.AsType[*net.DNSError](e.Err)
	_, cert := errors.AsType[*tls.CertificateVerificationError](e.Err)
	// net/http reports the timeout of a TLS handshake without a *net.OpError.
	handshakeTimeout := isNetTimeout(e.Err) && (!failed || op.Op == "dial")
	return e.Status == 0 && !isTimeoutCause(e.Err) && (failed && (op.Op == "dial" || op.Op == "proxyconnect") || dns || cert || handshakeTimeout || speaksHTTP(e.Err))
}

// PlainCause describes a network error without the names of system calls.
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
	case isNetTimeout(err):
		return "timed out while connecting"
	case speaksHTTP(err):
		return "it speaks plain http, not https"
	case errors.As(err, &op):
		cause := op.Err
		if system, ok := errors.AsType[*os.SyscallError](cause); ok {
			cause = system.Err
		}
		// Windows ends its messages with a period, and more may follow here.
		return strings.TrimSuffix(cause.Error(), ".")
	}
	return err.Error()
}
