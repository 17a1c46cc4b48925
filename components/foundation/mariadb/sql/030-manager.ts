import { DATABASE_MANAGER } from "../../databases";
import { clientRole, LEASED } from "../names";

/** Text of an SQL expression: the user that the parameter `login` names. */
const LOGIN = "CONCAT(QUOTE(login), '@''%''')";

/**
 * Creates `DATABASE_MANAGER`. It sees no data, and may only call two procedures, which run as root: with a right to create
 * users it could change root's. Can be applied any number of times.
 *
 * `begin_login` creates a user with a leased login's name, and puts it into the role of one database's clients. `end_login`
 * ends leased logins only. It also ends the login's sessions: dropping a user would leave its sessions with all their
 * rights. It locks the login first, so that no new session begins in between.
 *
 * @see https://mariadb.com/docs/server/reference/sql-statements/account-management-sql-statements/drop-user
 */
export function managerSql(password: string): string {
    const manager = `${DATABASE_MANAGER}@'%'`;
    return `
CREATE USER IF NOT EXISTS ${manager} IDENTIFIED BY '${password}';
ALTER USER ${manager} IDENTIFIED BY '${password}' WITH MAX_USER_CONNECTIONS 8 PASSWORD EXPIRE NEVER ACCOUNT UNLOCK;

DELIMITER $$
CREATE OR REPLACE PROCEDURE strata.refuse_others(login VARCHAR(255))
BEGIN
    IF login NOT REGEXP '^${LEASED}[A-Za-z0-9_-]{1,78}$' THEN
        SIGNAL SQLSTATE '42000' SET MESSAGE_TEXT = 'strata: this is no name of a leased login';
    END IF;
END
$$
CREATE OR REPLACE PROCEDURE strata.begin_login(login VARCHAR(255), secret VARCHAR(255), part VARCHAR(80))
BEGIN
    DECLARE role VARCHAR(200) DEFAULT CONCAT('\`', REPLACE(part, '\`', ''), '${clientRole("")}\`');
    CALL strata.refuse_others(login);
    EXECUTE IMMEDIATE CONCAT('CREATE USER ', ${LOGIN}, ' IDENTIFIED BY ', QUOTE(secret), ' WITH MAX_USER_CONNECTIONS 32');
    BEGIN
        DECLARE EXIT HANDLER FOR SQLEXCEPTION
        BEGIN
            EXECUTE IMMEDIATE CONCAT('DROP USER ', ${LOGIN});
            RESIGNAL;
        END;
        EXECUTE IMMEDIATE CONCAT('GRANT ', role, ' TO ', ${LOGIN});
        EXECUTE IMMEDIATE CONCAT('SET DEFAULT ROLE ', role, ' FOR ', ${LOGIN});
    END;
END
$$
CREATE OR REPLACE PROCEDURE strata.end_login(login VARCHAR(255))
BEGIN
    CALL strata.refuse_others(login);
    EXECUTE IMMEDIATE CONCAT('ALTER USER IF EXISTS ', ${LOGIN}, ' ACCOUNT LOCK');
    EXECUTE IMMEDIATE CONCAT('KILL HARD CONNECTION USER ', ${LOGIN});
    EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS ', ${LOGIN});
    EXECUTE IMMEDIATE CONCAT('KILL HARD CONNECTION USER ', ${LOGIN});
END
$$
DELIMITER ;
GRANT EXECUTE ON PROCEDURE strata.begin_login TO ${manager};
GRANT EXECUTE ON PROCEDURE strata.end_login TO ${manager};
`;
}
