/** Recognising secrets in the clear by their names, for the model and for policies, neither of which may say what they are. */

/** Words that end a secret's name: some also in one word with what is before them (`PGPASSWORD`), some only after a break. */
const SECRET_NAME =
    /(PASSWORD|PASSWD|PASSPHRASE|APIKEY|CREDENTIALS?)$|(^|_)(PASS|PW|TOKEN|SECRET|SECRET_ID|KEY|KEY_BASE|JWT|DSN|AUTHORIZATION|BASIC_AUTH)$|_PWD$/;
const PUBLIC_NAME = /(^|_)PUBLIC_KEY$/;

/** Which of several secrets it is, or in which format: a number, the name of a stage. */
const VARIANT = /(_?\d+|_(PROD|PRODUCTION|STAGING|TEST|DEV|LOCAL|OLD|NEW|PEM|BASE64))+$/;

/** Whether a variable, label or option is named like one that holds a secret; `POSTGRES_PASSWORD_FILE` names a file. */
export function namesSecret(name: string): boolean {
    const words = name
        .replace(/^-+/, "")
        .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
        .replace(/[-.]/g, "_");
    const upper = words.toUpperCase().replace(VARIANT, "");
    return SECRET_NAME.test(upper) && !PUBLIC_NAME.test(upper);
}

/** Whether a text has a URL with a password in it. */
export function carriesLogin(text: string): boolean {
    return /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i.test(text);
}
