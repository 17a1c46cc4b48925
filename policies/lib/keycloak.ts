/** Facts about the Keycloak provider's resources that rules need. */

export const CLIENT = "keycloak:openid/client:Client";

/** Parts that make a URL ambiguous: a second spelling of the same address, a wildcard, or a part that a browser does not send. */
const UNCLEAR = /[*%?#\\\s@]|\/\.{1,2}(\/|$)|[^:]\/\//;

/** Parses one complete URL. @returns undefined for any other text, and for a URL that is not in its canonical spelling */
export function wholeUrl(text: string): URL | undefined {
    if (UNCLEAR.test(text) || !URL.canParse(text)) {
        return undefined;
    }
    const url = new URL(text);
    return url.href === text || url.origin === text ? url : undefined;
}
