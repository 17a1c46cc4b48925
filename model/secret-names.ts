/**
 * Recognises secrets by the names of variables, labels and options. The model and the policies use it, because neither may
 * print a value.
 */

/**
 * Words that end a secret's name. Some may be joined to the word before them (`PGPASSWORD`); the others need a break before
 * them.
 */
const SECRET_NAME =
    /(PASSWORD|PASSWD|PASSPHRASE|APIKEY|CREDENTIALS?)$|(^|_)(PASS|PW|TOKEN|SECRET|SECRET_ID|KEY|KEY_BASE|JWT|DSN|AUTHORIZATION|BASIC_AUTH)$|_PWD$/;
const PUBLIC_NAME = /(^|_)PUBLIC_KEY$/;

/** The end of a name that tells several secrets or formats apart: a number, the name of a stage, a format. */
const VARIANT = /(_?\d+|_(PROD|PRODUCTION|STAGING|TEST|DEV|LOCAL|OLD|NEW|PEM|BASE64))+$/;

/**
 * Whether the name of a variable, label or option is that of a secret. `POSTGRES_PASSWORD_FILE` names a file, so it is not.
 */
export function namesSecret(name: string): boolean {
    const words = name
        .replace(/^-+/, "")
        .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
        .replace(/[-.]/g, "_");
    const upper = words.toUpperCase().replace(VARIANT, "");
    return SECRET_NAME.test(upper) && !PUBLIC_NAME.test(upper);
}

/** Whether a text contains a URL with a password. */
export function carriesLogin(text: string): boolean {
    return /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i.test(text);
}
