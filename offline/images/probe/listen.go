package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os/signal"
	"strconv"
	"syscall"
)

func runListen(arguments []string, output io.Writer) (int, error) {
	positional, err := parse(flag.NewFlagSet("listen", flag.ContinueOnError), arguments)
	if err != nil {
		return 0, err
	}
	if len(positional) != 1 {
		return 0, fmt.Errorf("%w: one list of ports is accepted, such as 80,5432", errUsage)
	}
	ports, err := portsOf(positional[0])
	if err != nil {
		return 0, err
	}
	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer release()
	if err := listen(stop, ports, output); err != nil {
		return 0, err
	}
	return exitYes, nil
}

// listen echoes on all ports until ctx ends. It says so on output once all of them are bound.
func listen(ctx context.Context, ports []int, output io.Writer) error {
	for _, port := range ports {
		address := ":" + strconv.Itoa(port)
		streams, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		defer streams.Close()
		datagrams, err := net.ListenPacket("udp", address)
		if err != nil {
			return err
		}
		defer datagrams.Close()
		go echoStreams(streams)
		go echoDatagrams(datagrams)
	}
	if err := line(output, map[string]any{"listening": ports}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func echoStreams(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		go func() {
			defer connection.Close()
			// The other side ends the exchange; how does not matter here.
			_, _ = io.Copy(connection, connection)
		}()
	}
}

func echoDatagrams(socket net.PacketConn) {
	buffer := make([]byte, 64<<10)
	for {
		size, sender, err := socket.ReadFrom(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			_, _ = socket.WriteTo(buffer[:size], sender)
		}
	}
}
