/** What takes longer than a test should. It goes on while other tests run, and a later test looks at how it ended. */

import { BackgroundWait } from "../../support/background-wait";
import { asSuperuser } from "../../support/vault-client";
import { fileOf, LEASE_SECONDS, of } from "./live";

/** A leased login, as it is in an application's file. */
export interface FoundLogin {
    readonly url: string;
    readonly user: string;
    /** Milliseconds. */
    readonly made: number;
}

/** What the product's API logs in to its database with. */
export async function loginOf(product: string): Promise<FoundLogin> {
    const url = (await fileOf(`${product}-api`, "postgres"))!;
    const user = new URL(url).username;
    return { url, user, made: Number(user.split("-").at(-1)) * 1000 };
}

/** A login that is left alone, until another one takes its place. */
export const psraLogin = new BackgroundWait<{ first: FoundLogin; next: FoundLogin; looks: number }>(
    "psra-api has another login",
    { within: 5 * LEASE_SECONDS * 1000, every: 3000 },
);

/** Whatever is in the file works at any time. */
export function watchPsraLogin(): void {
    let first: FoundLogin | undefined;
    let looks = 0;
    psraLogin.begin(async () => {
        const next = await loginOf("psra");
        first ??= next;
        const valid = `SELECT rolvaliduntil > now() FROM pg_roles WHERE rolname = '${next.user}'`;
        const answer = await asSuperuser(of("psra-postgres"), valid);
        looks++;
        if (answer !== "t") {
            const age = Math.round((Date.now() - next.made) / 1000);
            throw new Error(`${next.user} was in the file ${age} s after it was made, and was not valid: "${answer}"`);
        }
        return next.user === first.user ? undefined : { first, next, looks };
    });
}

/** Milliseconds until a login that was taken back is replaced. */
export const rentguyLogin = new BackgroundWait<number>("rentguy-api has another login", {
    within: 2 * LEASE_SECONDS * 1000,
    every: 1000,
});

/** Milliseconds until a value that was missing is in its file. */
export const missingValue = new BackgroundWait<number>("the file of a value that was missing is there", {
    within: 70_000,
    every: 1000,
});

/** For the end of the run. */
export async function stopWaits(): Promise<void> {
    await Promise.all([psraLogin, rentguyLogin, missingValue].map((wait) => wait.stop()));
}
