// Ends with 0 when Vault lets the program in, and with 1 and what its operators have to do when it does not yet. Standard input is
// JSON: { url, login: { role_id, secret_id }, sealed, closed, server }. `sealed` and `closed` are the lines to print for a Vault
// that is sealed, and for one that is open and does not know the program. `server` is not read: another container of Vault makes
// another input, so that this runs again. Prints no secret.
import { text } from "node:stream/consumers";

/** Milliseconds. Vault is up before this runs, and the edge in front of it may still be starting. */
const PATIENCE = 30_000;

const { url, login, sealed, closed } = JSON.parse(await text(process.stdin));

/** @returns status of the login, whose body nobody reads: Vault drops the token after twenty minutes */
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

/** Asks until something says what Vault is. A 502 is the edge's, which does not reach Vault yet. */
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
