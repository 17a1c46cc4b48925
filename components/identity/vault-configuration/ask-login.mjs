// Tries the program's login to Vault. Ends with 0 when Vault accepts it; otherwise with 1, and prints what the operators
// have to do. Standard input is JSON: `{ url, login: { role_id, secret_id }, sealed, closed, server }`. `sealed` and
// `closed` are the lines for a sealed Vault, and for an open Vault that does not know the program. The script does not read
// `server`: another container of Vault changes the input, so that the command runs again. Prints no secret.
import { text } from "node:stream/consumers";

/** Longest wait in milliseconds. Vault is up before this runs; the edge in front of it may still be starting. */
const PATIENCE = 30_000;

const { url, login, sealed, closed } = JSON.parse(await text(process.stdin));

/**
 * Logs in once. The body is not read: Vault drops the token after twenty minutes.
 *
 * @returns status of the login
 */
async function enter() {
    const answer = await fetch(url, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(login),
        signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    return answer.status;
}

/** Repeats the login until the answer comes from Vault. A 502 comes from the edge, which does not reach Vault yet. */
async function answered() {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        const status = await enter().catch((error) => error.cause?.message ?? error.message);
        if ([200, 400, 403, 503].includes(status) || Date.now() > deadline) return status;
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}

const status = await answered();
const lines =
    status === 200
        ? []
        : status === 503
          ? sealed
          : status === 400 || status === 403
            ? closed
            : [`Vault does not answer at ${url}: ${status}`];
if (lines.length > 0) {
    process.stderr.write(`${lines.join("\n")}\n`);
    process.exitCode = 1;
}
