// Package sqlite stands in for the SQLite driver. Temporal's server compiles its plugin for SQLite, and strata never uses it.
package sqlite

// Error is what the plugin compares database errors with. No database returns one.
type Error struct{}

// Code returns a code that is no constraint violation.
func (*Error) Code() int { return 0 }

// Error returns the reason why there is no SQLite.
func (*Error) Error() string { return "this build has no SQLite" }
