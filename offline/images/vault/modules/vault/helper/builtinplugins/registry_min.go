//go:build minimal

package builtinplugins

import (
	dbMysql "github.com/hashicorp/vault/plugins/database/mysql"
	dbPostgres "github.com/hashicorp/vault/plugins/database/postgresql"
)

// extendAddonPlugins adds the database plugins of this build.
//
// This file takes the place of the module's own, which adds none: see ../../../../../README.md.
func extendAddonPlugins(all *registry) {
	all.databasePlugins["postgresql-database-plugin"] = databasePlugin{Factory: dbPostgres.New}
	all.databasePlugins["mysql-database-plugin"] = databasePlugin{Factory: dbMysql.New(dbMysql.DefaultUserNameTemplate)}
}
