/** The access keys that a server knows. Pure. */

/** strata's own key, which may do everything. */
export const STRATA_KEY = "strata";

/** An access key with its secret. */
export interface AccessKey {
    readonly access: string;
    readonly secret: string;
}

/**
 * Text of the server's file of users. The server only reads the file, so it knows exactly these keys. SigV4 proves a secret
 * without sending it, which is why the server needs the secret itself and not a hash.
 *
 * @param secret - of {@link STRATA_KEY}
 */
export function usersFile(secret: string, clients: readonly AccessKey[]): string {
    const user = (key: AccessKey, role: "admin" | "user"): [string, object] => [
        key.access,
        { ...key, role, userID: 0, groupID: 0, projectID: 0 },
    ];
    const users = [user({ access: STRATA_KEY, secret }, "admin"), ...clients.map((key) => user(key, "user"))];
    return JSON.stringify({ accessAccounts: Object.fromEntries(users) });
}

/** Text of a client's file, as the SDKs of AWS read it. @see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html */
export function credentialsFile({ access, secret }: AccessKey): string {
    return `[default]\naws_access_key_id = ${access}\naws_secret_access_key = ${secret}\n`;
}
