/** What npm 10 and 11 do with options before `--`; the variables are those that they set. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Failure } from "../../../cli/failure";
import { commandLine } from "../../../cli/main";
import { refuseKeptOptions } from "../../../cli/npm-options";

/** @param args - after npm has taken its part */
function refused(script: string, own: string, args: readonly string[], kept: NodeJS.ProcessEnv): Failure | undefined {
    const env = {
        npm_lifecycle_event: script,
        npm_lifecycle_script: `node cli/launch.mjs${own && ` ${own}`}`,
        ...kept,
    };
    try {
        refuseKeptOptions(commandLine(), args, env);
        return undefined;
    } catch (error) {
        if (error instanceof Failure) return error;
        throw error;
    }
}

test.each<[string, string, string, string[], NodeJS.ProcessEnv, string]>([
    [
        "npm run preview --refresh --expect-no-changes",
        "preview",
        "preview",
        ["preview"],
        { npm_config_refresh: "true", npm_config_expect_no_changes: "true" },
        "npm run preview -- --refresh --expect-no-changes",
    ],
    ["npm run down --volumes", "down", "down", ["down"], { npm_config_volumes: "true" }, "npm run down -- --volumes"],
    [
        "npm run up --stack local",
        "up",
        "up",
        ["up", "local"],
        { npm_config_stack: "true" },
        "npm run up -- --stack local",
    ],
    [
        "npm run up --stack=staging",
        "up",
        "up",
        ["up"],
        { npm_config_stack: "staging" },
        "npm run up -- --stack=staging",
    ],
    [
        "npm run up --accept-data-loss --stack=staging",
        "up",
        "up",
        ["up"],
        { npm_config_accept_data_loss: "true", npm_config_stack: "staging" },
        "npm run up -- --stack=staging --accept-data-loss",
    ],
    [
        "npm run up --restored=staging-vault-data",
        "up",
        "up",
        ["up"],
        { npm_config_restored: "staging-vault-data" },
        "npm run up -- --restored=staging-vault-data",
    ],
    [
        "npm run up --restored staging-vault-data",
        "up",
        "up",
        ["up", "staging-vault-data"],
        { npm_config_restored: "true" },
        "npm run up -- --restored staging-vault-data",
    ],
    [
        "npm run -s status --json",
        "status",
        "status",
        ["status"],
        { npm_config_json: "true" },
        "npm run status -- --json",
    ],
    [
        "npm run strata product remove shop --confirm=shop",
        "strata",
        "",
        ["product", "remove", "shop"],
        { npm_config_confirm: "shop" },
        "npm run strata -- --confirm=shop product remove shop",
    ],
])("%s is refused with the line to type", (_, script, own, args, kept, next) => {
    const failure = refused(script, own, args, kept);
    expect(failure?.next).toBe(next);
    expect(failure?.exitCode).toBe(2);
});

test("an option that reached the verb is not missing, and an option that the verb does not have is npm's", () => {
    expect(refused("preview", "preview", ["preview", "--refresh"], { npm_config_refresh: "true" })).toBeUndefined();
    expect(refused("up", "up", ["up", "--stack=a"], { npm_config_stack: "b" })).toBeUndefined();
    expect(refused("up", "up", ["up", "-s", "a"], { npm_config_stack: "true" })).toBeUndefined();
    expect(refused("up", "up", ["up"], { npm_config_loglevel: "silent", npm_config_refresh: "" })).toBeUndefined();
    expect(refused("verify", "verify", ["verify"], { npm_config_refresh: "true" })).toBeUndefined();
});

test("what nobody typed is not refused: npx exports yes, and npm's own files may set a name of ours", () => {
    expect(refused("up", "up", ["up"], { npm_config_yes: "true" })).toBeUndefined();
    const file = join(mkdtempSync(join(tmpdir(), "strata-npmrc-")), ".npmrc");
    writeFileSync(file, "fund=false\njson = true\n");
    const kept = { npm_config_json: "true", npm_config_userconfig: file };
    expect(refused("status", "status", ["status"], kept)).toBeUndefined();
    expect(() => refuseKeptOptions(commandLine(), ["up"], { npm_config_stack: "staging" })).not.toThrow();
});
