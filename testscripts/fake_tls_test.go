//go:build unix

package testscripts

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// secureListener accepts TLS connections, either directly or after a proxy request.
type secureListener struct {
	net.Listener
	config *tls.Config
}

func (l *secureListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return tls.Server(&maybeProxied{Conn: conn, buf: bufio.NewReader(conn)}, l.config), nil
}

type maybeProxied struct {
	net.Conn
	buf  *bufio.Reader
	once sync.Once
}

func (c *maybeProxied) Read(p []byte) (int, error) {
	var err error
	c.once.Do(func() { err = c.passProxy() })
	if err != nil {
		return 0, err
	}
	return c.buf.Read(p)
}

// passProxy replies to the request for a tunnel, if the connection begins with one.
func (c *maybeProxied) passProxy() error {
	first, err := c.buf.Peek(1)
	if err != nil {
		return err
	}
	switch first[0] {
	case 'C':
		for {
			line, err := c.buf.ReadString('\n')
			if err != nil || strings.TrimSpace(line) == "" {
				break
			}
		}
		_, err = c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	case socksVersion:
		err = c.passSOCKS()
	}
	return err
}

// Constants of SOCKS5 (RFC 1928 and 1929).
const (
	socksVersion  = 5
	socksPassword = 2
	socksName     = 3
)

// passSOCKS implements a SOCKS5 proxy. It accepts any user and password, and only host names, which a proxy must
// resolve.
func (c *maybeProxied) passSOCKS() error {
	field := func(before int) []byte {
		head := make([]byte, before+1)
		_, _ = io.ReadFull(c.buf, head)
		value := make([]byte, head[before])
		_, _ = io.ReadFull(c.buf, value)
		return value
	}
	method := byte(0)
	if bytes.Contains(field(1), []byte{socksPassword}) {
		method = socksPassword
	}
	_, _ = c.Write([]byte{socksVersion, method})
	if method == socksPassword {
		name, password := field(1), field(0)
		if string(name) != "me" || string(password) != "pass-word-123" {
			_, _ = c.Write([]byte{1, 1})
			return errors.New("wrong password")
		}
		_, _ = c.Write([]byte{1, 0})
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(c.buf, head); err != nil || head[3] != socksName {
		return errors.New("the server is not named")
	}
	field(0)
	_, err := io.ReadFull(c.buf, make([]byte, 2))
	_, _ = c.Write([]byte{socksVersion, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	return err
}

// serverConfig creates a certificate and a server's configuration with it. With mutual, clients must present the same
// certificate.
func serverConfig(mutual bool) (config *tls.Config, certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"x.ai", "*.x.ai", "evil-x.ai", "x.ai.evil.example", "platform.llmprovider.ai"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, nil, err
	}
	config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if mutual {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(certPEM)
	}
	return config, certPEM, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}
