import { LEASED } from "../names";

/** Days after which no lease is still running: Vault renews a login for four days at most. */
const LONGEST_LEASE = 5;

/**
 * Ends logins that Vault has forgotten, for example because its data was lost: a login of MariaDB cannot expire by itself.
 * The end of a login's name is the time at which Vault created it. Can be applied any number of times; needs
 * `event_scheduler`.
 */
export const FORGOTTEN = `
DELIMITER $$
CREATE OR REPLACE EVENT strata.end_forgotten ON SCHEDULE EVERY 1 HOUR DO
BEGIN
    FOR leased IN (
        SELECT User AS login FROM mysql.global_priv
        WHERE Host = '%' AND User REGEXP '^${LEASED}.*-[0-9]{10}$'
            AND SUBSTRING_INDEX(User, '-', -1) < UNIX_TIMESTAMP() - ${LONGEST_LEASE} * 86400
    ) DO
        CALL strata.end_login(leased.login);
    END FOR;
END
$$
DELIMITER ;
`;
