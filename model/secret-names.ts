/** Recognising secrets in the clear by their names, for the model and for policies, neither of which may say what they are. */

/** Words that end a secret's name: some also in one word with what is before them (`PGPASSWORD`), some only after a break. */
const SECRET_NAME =
    /(PASSWORD|PASSWD|PASSPHRASE|APIKEY|CREDENTIALS?)$|(^|_)(PASS|TOKEN|SECRET|SECRET_ID|KEY|KEY_BASE|JWT|DSN)$|_PWD$/;
const PUBLIC_NAME = /(^|_)PUBLIC_KEY$/;

/** Whether a variable, label or option is named like one that holds a secret; `POSTGRES_PASSWORD_FILE` names a file. */
export function namesSecret(name: string): boolean {
    const upper = name.replace(/^-+/, "").replace(/[-.]/g, "_").toUpperCase();
    return SECRET_NAME.test(upper) && !PUBLIC_NAME.test(upper);
}

/** Whether a text has a URL with a password in it. */
export function carriesLogin(text: string): boolean {
    return /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i.test(text);
}
