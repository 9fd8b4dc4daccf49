package integration_test

import (
	"net"
	"sync"
	"testing"
	"time"
)

// fault tells what a proxy does to the connections through it. The zero fault does
// nothing.
type fault struct {
	down    bool          // connections are reset
	silent  bool          // no answer passes until the fault is over; on connections made meanwhile none ever does
	late    time.Duration // the delay of each piece of an answer
	after   int           // how many bytes of answers pass before the connection ends
	reset   bool          // with after: the connection ends by a reset, not in order
	instead string        // the address of a server that answers in place of the real one
}

// proxy stands between the program and a server that it needs.
type proxy struct {
	listener net.Listener
	upstream string
	relays   sync.WaitGroup

	mu    sync.Mutex
	fault fault
	over  chan struct{} // closed when the fault is over
	conns map[*net.TCPConn]bool
}

// newProxy listens for connections to the address upstream until the test ends.
func newProxy(t *testing.T, upstream string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, upstream: upstream, over: make(chan struct{}), conns: make(map[*net.TCPConn]bool)}
	p.relays.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.set(fault{down: true})
		p.relays.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

// set ends the present fault and begins another.
func (p *proxy) set(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.down || f.instead != p.fault.instead {
		for conn := range p.conns {
			cut(conn)
		}
	}
	p.fault = f
	close(p.over)
	p.over = make(chan struct{})
}

func (p *proxy) now() (f fault, over <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault, p.over
}

func (p *proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.relays.Go(func() { p.relay(conn.(*net.TCPConn)) })
	}
}

// track lets set cut the connection. If the proxy is down already, it cuts it at once.
func (p *proxy) track(conn *net.TCPConn) fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[conn] = true
	if p.fault.down {
		cut(conn)
	}
	return p.fault
}

func (p *proxy) relay(client *net.TCPConn) {
	f := p.track(client)
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.conns, client)
		_ = client.Close()
	}()
	switch {
	case f.down:
		return
	case f.silent:
		drain(client)
		return
	}
	address := p.upstream
	if f.instead != "" {
		address = f.instead
	}
	server, err := net.Dial("tcp", address)
	if err != nil {
		cut(client)
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() {
		_, _ = server.(*net.TCPConn).ReadFrom(client)
		_ = server.Close()
	})
	p.answer(client, server)
	_ = client.Close()
	both.Wait()
}

// answer passes on what the server says, as far as the present fault allows.
func (p *proxy) answer(client *net.TCPConn, server net.Conn) {
	piece := make([]byte, 4<<10)
	passed := 0 // bytes, since the present fault began
	var since <-chan struct{}
	for {
		n, err := server.Read(piece)
		if err != nil {
			return
		}
		f, over := p.now()
		if over != since {
			passed, since = 0, over
		}
		passed += n
		switch {
		case f.after > 0 && passed >= f.after:
			_, _ = client.Write(piece[:n-(passed-f.after)])
			if f.reset {
				cut(client)
			}
			return
		case f.silent:
			<-over
		case f.late > 0:
			select {
			case <-over:
			case <-time.After(f.late):
			}
		}
		if _, err := client.Write(piece[:n]); err != nil {
			return
		}
	}
}

// drain reads until the other side closes the connection.
func drain(conn net.Conn) {
	for piece := make([]byte, 4<<10); ; {
		if _, err := conn.Read(piece); err != nil {
			return
		}
	}
}

// cut resets a connection.
func cut(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}
