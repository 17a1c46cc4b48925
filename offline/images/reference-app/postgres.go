package main

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type postgres struct{ location location }

// postgresFrom reads POSTGRES_URL_FILE, or POSTGRES_ADDRESS with POSTGRES_DATABASE, POSTGRES_USER(_FILE) and
// POSTGRES_PASSWORD_FILE.
func postgresFrom(variable func(string) string) Store {
	if found := locationFrom(variable, "POSTGRES", "postgres"); found != nil {
		return postgres{*found}
	}
	return nil
}

func (postgres) Name() string { return "postgres" }

// Check logs in and runs one statement: an open port alone proves neither role nor database.
func (p postgres) Check(ctx context.Context) error {
	target, err := p.location.resolve()
	if err != nil {
		return err
	}
	connection, err := pgx.Connect(ctx, target.String())
	if err != nil {
		var parse *pgconn.ParseConfigError
		if errors.As(err, &parse) {
			return errors.New("the Postgres settings do not parse")
		}
		return err
	}
	defer connection.Close(context.WithoutCancel(ctx))
	var one int
	return connection.QueryRow(ctx, "SELECT 1").Scan(&one)
}
