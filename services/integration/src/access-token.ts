/** Tokens for Temporal: from a file that somebody else renews, or by client credentials. */

import type { TemporalLogin } from "./configuration";
import { type Log, reasonOf } from "./log";
import { secretFile } from "./secret-file";

/** Part of a token's life after which the next one is fetched. */
const RENEWED_AFTER = 0.6;

/** Milliseconds until the next try after a failure. */
const RETRY = 2_000;

/** Milliseconds for one request. */
const TIMEOUT = 10_000;

/** Seconds for which a token is taken to be valid when the server does not say. */
const UNKNOWN_LIFE = 60;

/** The present token. */
export interface TokenSource {
    /** Resolves when there is a token. */
    readonly ready: Promise<void>;
    /** The present token; undefined without a login. */
    current(): string | undefined;
    stop(): void;
}

export function tokenSource(login: TemporalLogin, log: Log): TokenSource {
    switch (login.kind) {
        case "none":
            return { ready: Promise.resolve(), current: () => undefined, stop: () => undefined };
        case "token": {
            const current = secretFile(login.file);
            return { ready: Promise.resolve(), current, stop: () => undefined };
        }
        case "client":
            return new ClientCredentials(login, log);
    }
}

interface Granted {
    readonly token: string;
    /** Seconds. */
    readonly life: number;
}

/** Fetches a token, and the next one before it ends. Keeps the present one while the server is away. */
class ClientCredentials implements TokenSource {
    readonly ready: Promise<void>;
    private token: string | undefined;
    private timer: NodeJS.Timeout | undefined;
    private isStopped = false;
    private readonly secret: () => string;

    constructor(
        private readonly login: Extract<TemporalLogin, { readonly kind: "client" }>,
        private readonly log: Log,
    ) {
        this.secret = secretFile(login.secretFile);
        this.ready = new Promise((resolve) => void this.renew(resolve));
    }

    current(): string | undefined {
        return this.token;
    }

    stop(): void {
        this.isStopped = true;
        clearTimeout(this.timer);
    }

    private async renew(first: () => void): Promise<void> {
        let pause = RETRY;
        try {
            const { token, life } = await fetchToken(this.login, this.secret());
            this.token = token;
            first();
            pause = Math.max(life * RENEWED_AFTER * 1000, RETRY);
        } catch (error) {
            this.log("warn", "no token for Temporal", { url: this.login.tokenUrl, reason: reasonOf(error) });
        }
        if (!this.isStopped) this.timer = setTimeout(() => void this.renew(first), pause);
    }
}

/** @throws Error without the secret and without the server's text, which may quote what was sent */
export async function fetchToken(
    { tokenUrl, clientId }: Extract<TemporalLogin, { readonly kind: "client" }>,
    secret: string,
): Promise<Granted> {
    const response = await fetch(tokenUrl, {
        method: "POST",
        headers: {
            authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString("base64")}`,
        },
        body: new URLSearchParams({ grant_type: "client_credentials" }),
        signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw new Error(`the token server answered ${response.status}`);
    const { access_token: token, expires_in: life = UNKNOWN_LIFE } = (await response.json()) as {
        readonly access_token?: string;
        readonly expires_in?: number;
    };
    if (token === undefined || token === "") throw new Error("the token server's answer has no access_token");
    return { token, life };
}
