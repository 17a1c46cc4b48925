package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
)

type redis struct{ location location }

// redisFrom reads REDIS_URL_FILE, or REDIS_ADDRESS with REDIS_USER(_FILE) and REDIS_PASSWORD_FILE.
func redisFrom(variable func(string) string) Store {
	if found := locationFrom(variable, "REDIS", "redis"); found != nil {
		return redis{*found}
	}
	return nil
}

func (redis) Name() string { return "redis" }

// Check logs in and sends PING. Two commands are not worth a client library.
func (r redis) Check(ctx context.Context) error {
	target, err := r.location.resolve()
	if err != nil {
		return err
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", target.Host)
	if err != nil {
		return err
	}
	defer connection.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := connection.SetDeadline(deadline); err != nil {
			return err
		}
	}
	replies := bufio.NewReader(connection)
	if password, given := target.User.Password(); given {
		login := []string{"AUTH", password}
		if user := target.User.Username(); user != "" {
			login = []string{"AUTH", user, password}
		}
		if err := command(connection, replies, "+OK", login...); err != nil {
			return err
		}
	}
	return command(connection, replies, "+PONG", "PING")
}

// command sends one RESP command; https://redis.io/docs/latest/develop/reference/protocol-spec/
func command(connection net.Conn, replies *bufio.Reader, expected string, words ...string) error {
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := connection.Write([]byte(request.String())); err != nil {
		return err
	}
	reply, err := replies.ReadString('\n')
	if err != nil {
		return err
	}
	if reply = strings.TrimSpace(reply); reply != expected {
		return fmt.Errorf("%s: %s", words[0], reply)
	}
	return nil
}
