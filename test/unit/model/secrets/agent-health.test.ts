/** When an agent's health check takes its login for lost: the command of the check on logs as the agent writes them. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LOGIN_IS_ACCEPTED } from "../../../../components/identity/vault-agent/kind";

const at = "2026-11-29T12:24:40.989Z";
const success = `${at} [INFO]  agent.auth.handler: authentication successful, sending token to sinks\n`;
const failure = (code: number, errors: string): string => `${at} [INFO]  agent.auth.handler: authenticating
${at} [ERROR] agent.auth.handler: error authenticating:
  error=
  | Error making API request.
  |
  | URL: PUT http://vault:8200/v1/auth/services/login
  | Code: ${code}. Errors:
  |
  | * ${errors}
   backoff=3.98s
`;
const refused = failure(400, "invalid role or secret ID");
const sealed = failure(503, "Vault is sealed");
const away = `${at} [ERROR] agent.auth.handler: error authenticating: error="dial tcp: connection refused" backoff=1s\n`;
/** A value that may not be read is nothing about the login. */
const denied = `${at} [WARN]  agent: (view) vault.read(psra/kv/data/x): Error making API request.

URL: GET http://vault:8200/v1/psra/kv/data/x
Code: 403. Errors:

* permission denied
`;

/** @param logs - contents by file name */
function isTaken(logs: Readonly<Record<string, string>>): boolean {
    const folder = mkdtempSync(join(tmpdir(), "strata-agent-"));
    for (const [name, text] of Object.entries(logs)) writeFileSync(join(folder, name), text);
    const { status, stderr } = spawnSync("sh", ["-c", LOGIN_IS_ACCEPTED.replaceAll("/tmp/agent", `${folder}/agent`)], {
        encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect([status === 0 || status === 1, stderr]).toEqual([true, ""]);
    return status === 0;
}

test.each([
    ["at its start", ""],
    ["once it has logged in", success],
    ["after two refusals", success + refused + refused],
    ["after refusals before its login", refused.repeat(5) + success],
    ["while Vault is sealed", success + sealed.repeat(9)],
    ["while Vault is away", success + away.repeat(9)],
    ["while values may not be read", success + sealed + denied.repeat(9) + away + denied.repeat(9)],
])("an agent keeps its health %s", (_when, log) => {
    expect(isTaken({ "agent.log": log })).toBe(true);
});

test.each([
    ["three refusals", success + refused.repeat(3)],
    ["refusals with a 403", success + failure(403, "permission denied").repeat(3)],
    ["refusals while Vault was away in between", success + refused + away + refused + sealed + refused],
])("an agent loses its health after %s", (_when, log) => {
    expect(isTaken({ "agent.log": log })).toBe(false);
});

test("a log that was begun anew forgets nothing", () => {
    expect(isTaken({ "agent-1764419082331000000.log": success + refused.repeat(2), "agent.log": refused })).toBe(false);
});
