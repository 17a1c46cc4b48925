/** What the rules need to know about the Keycloak provider's resources. */

export const CLIENT = "keycloak:openid/client:Client";

/** Two ways to write one address, a wildcard, or what a browser does not send. */
const UNCLEAR = /[*%?#\\\s@]|\/\.{1,2}(\/|$)|[^:]\/\//;

/** @returns undefined unless the text is one whole URL, written in the only way */
export function wholeUrl(text: string): URL | undefined {
    if (UNCLEAR.test(text) || !URL.canParse(text)) {
        return undefined;
    }
    const url = new URL(text);
    return url.href === text || url.origin === text ? url : undefined;
}
