module strata.dev/images/probe

go 1.26.0
