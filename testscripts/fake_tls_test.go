package testscripts

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"
)

// secureListener speaks TLS, either at once or after a CONNECT, as a proxy does.
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
	c.once.Do(func() {
		if first, err := c.buf.Peek(1); err != nil || first[0] != 'C' {
			return
		}
		for {
			line, err := c.buf.ReadString('\n')
			if err != nil || strings.TrimSpace(line) == "" {
				break
			}
		}
		_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	})
	return c.buf.Read(p)
}

func certificate() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"x.ai", "*.x.ai", "evil-x.ai", "x.ai.evil.example", "platform.llmprovider.ai"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
