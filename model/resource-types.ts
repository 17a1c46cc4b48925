/** Type tokens of resources that more than one part of the project has to know. */

export const CONTAINER = "docker:index/container:Container";
export const NETWORK = "docker:index/network:Network";
export const VOLUME = "docker:index/volume:Volume";

/** A command on the machine that runs the program. */
export const COMMAND = "command:local:Command";

/** A secret engine in Vault. */
export const MOUNT = "vault:index/mount:Mount";

/** A realm, and a group and a role of it. */
export const REALM = "keycloak:index/realm:Realm";
export const GROUP = "keycloak:index/group:Group";
export const ROLE = "keycloak:index/role:Role";
