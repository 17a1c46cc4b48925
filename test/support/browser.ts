/** A visitor without a browser: keeps cookies as a browser does, follows redirects on request, and fills in forms. */

import { createHash, createHmac, randomBytes } from "node:crypto";

import { CookieJar } from "tough-cookie";

import { type Answer, ask } from "./http";

/** An answer and where it came from. */
export interface Page extends Answer {
    readonly url: string;
    /** Absolute URL of a redirect; `undefined` for any other answer. */
    readonly location: string | undefined;
}

/** A browser that sends every request to the edge on this machine over TLS, for any host in a URL. */
export class Browser {
    /** Respects Path, Domain, Secure and the prefixes of names, so that a test sees a cookie that leaks to another host. */
    private readonly jar = new CookieJar(undefined, { prefixSecurity: "strict", allowSecureOnLocal: false });
    /** All received `Set-Cookie` lines, for tests of their attributes. */
    public readonly setCookies: string[] = [];

    constructor(private readonly authority: string) {}

    /** Names of the cookies that would be sent to a URL. */
    async cookiesFor(url: string): Promise<string[]> {
        return (await this.jar.getCookies(url)).map(({ key }) => key).sort();
    }

    async get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
        return this.request("GET", url, headers);
    }

    async post(url: string, form: Readonly<Record<string, string>>): Promise<Page> {
        const headers = { "Content-Type": "application/x-www-form-urlencoded" };
        return this.request("POST", url, headers, new URLSearchParams(form).toString());
    }

    /** Fills in and sends the page's form. @throws Error when it has none */
    async submit(page: Page, form: Readonly<Record<string, string>>): Promise<Page> {
        return this.post(new URL(formAction(page), page.url).toString(), form);
    }

    /** Follows redirects to the last page, or until a redirect leads to a URL that begins with `until`. That URL is not requested. */
    async follow(page: Page, until?: string): Promise<Page> {
        let current = page;
        for (let hops = 0; hops < 12 && current.location !== undefined; hops++) {
            if (until !== undefined && current.location.startsWith(until)) {
                return current;
            }
            current = await this.get(current.location);
        }
        return current;
    }

    private async request(
        method: string,
        url: string,
        headers: Readonly<Record<string, string>>,
        body?: string,
    ): Promise<Page> {
        const { hostname, host, port, pathname, search } = new URL(url);
        const cookie = await this.jar.getCookieString(url);
        const answer = await ask({
            host: hostname,
            port: Number(port || 443),
            path: pathname + search,
            authority: this.authority,
            method,
            headers: {
                Host: host,
                Accept: "text/html",
                ...(cookie !== "" && { Cookie: cookie }),
                ...(body !== undefined && { "Content-Length": String(Buffer.byteLength(body)) }),
                ...headers,
            },
            ...(body !== undefined && { body }),
        });
        for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
            this.setCookies.push(line);
            // Like a browser, leaves out a cookie that may not be set.
            await this.jar.setCookie(line, url, { ignoreError: true });
        }
        const location = answer.headers["location"];
        return {
            ...answer,
            url,
            location: typeof location === "string" ? new URL(location, url).toString() : undefined,
        };
    }
}

/** The target of a page's form. @throws Error with the beginning of the page when it has no form */
function formAction({ body, status }: Page): string {
    const [, action] = /<form[^>]*\baction="([^"]+)"/.exec(body) ?? [];
    if (action === undefined) {
        throw new Error(`${status}, and no form: ${textOf(body).slice(0, 300)}`);
    }
    return action.replaceAll("&amp;", "&");
}

/** Value of an input of the page's form. */
export function fieldOf({ body }: Page, name: string): string | undefined {
    const [input] = new RegExp(`<input[^>]*\\bname="${name}"[^>]*>`).exec(body) ?? [];
    return input === undefined ? undefined : /\bvalue="([^"]*)"/.exec(input)?.[1];
}

function textOf(html: string): string {
    return html
        .replace(/<(script|style)[\s\S]*?<\/\1>/g, "")
        .replace(/<[^>]+>/g, " ")
        .replace(/\s+/g, " ");
}

/** The six digits of an authenticator (RFC 6238: SHA-1, 30 s). @param shift - steps from now */
export function oneTimeCode(secret: string, shift = 0): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + shift));
    const digest = createHmac("sha1", secret).update(counter).digest();
    const offset = (digest.at(-1) ?? 0) & 0xf;
    return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A PKCE verifier and its S256 challenge. */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
    const verifier = randomBytes(32).toString("base64url");
    return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
