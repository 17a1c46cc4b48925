/** The stack file of `docs/production.md` is a whole one: whoever replaces theirs by it has a stack that can start. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { projectRoot } from "../../cli/places";
import { parseConfig } from "../../config";
import type { Platform } from "../../model/platform";
import { resolveStack } from "../../model/resolve";
import { products } from "../../products";
import pgpKeys from "./model/pgp-keys.json";

type Settings = Readonly<Record<string, unknown>>;

const page = readFileSync(join(projectRoot, "docs", "production.md"), "utf8");
const [file = "", step6 = ""] = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) => text);

/** With keys in place of the three dots. */
const written = (
    parse(file.replaceAll("mDMEZ…", pgpKeys["ed25519 with a subkey that encrypts"])) as { config: Settings }
).config;

function resolved(settings: Settings): Platform {
    return resolveStack({ environment: "production", config: parseConfig(settings), products });
}

test("at the first start it runs Keycloak, and Vault is not configured", () => {
    const { realm, secrets } = resolved(written);
    expect([realm?.name, secrets]).toEqual(["sevensa", undefined]);
});

test("with step 6 Vault is configured, and has its console", () => {
    const platform = resolved({ ...written, ...(parse(step6) as Settings) });
    expect(platform.secrets).toBeDefined();
    expect(platform.services.flatMap(({ routes }) => routes).map(({ host }) => host)).toContain("vault.acme.example");
});

test("it has every key of the committed file, so that it can be its whole content", () => {
    const committed = parse(readFileSync(join(projectRoot, "Pulumi.production.yaml"), "utf8")) as { config: Settings };
    expect(Object.keys(written).sort()).toEqual(Object.keys(committed.config).sort());
});
