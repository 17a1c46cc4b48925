// Package lib holds the result codes of SQLite that Temporal's plugin names: https://sqlite.org/rescode.html
package lib

// Constraint violations.
const (
	SQLITE_CONSTRAINT            = 19
	SQLITE_CONSTRAINT_PRIMARYKEY = 1555
	SQLITE_CONSTRAINT_UNIQUE     = 2067
)
