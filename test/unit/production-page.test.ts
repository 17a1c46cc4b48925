/** The stack file of `docs/production.md` is a whole one: whoever replaces theirs by it has a stack that can start. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { projectRoot } from "../../cli/places";
import { parseConfig } from "../../config/load";
import type { Platform } from "../../model/platform";
import { resolveStack } from "../../model/resolve";
import { products } from "../../products";
import pgpKeys from "./model/pgp-keys.json";

type Settings = Readonly<Record<string, unknown>>;

const page = readFileSync(join(projectRoot, "docs", "production.md"), "utf8");
const [file = ""] = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) => text);

/** With keys in place of the three dots. */
const keys = Object.entries(pgpKeys).flatMap(([kind, key]) => (kind.includes("encrypts") ? key : []));
const written = (parse(file.replaceAll("mDMEZ…", () => keys.shift() ?? "")) as { config: Settings }).config;

function resolved(settings: Settings): Platform {
    return resolveStack({ environment: "production", config: parseConfig(settings), products });
}

test("from the first start on it runs Keycloak, and Vault has its operators and its console", () => {
    const { realm, services } = resolved(written);
    expect([realm?.name, parseConfig(written).vault.seal.kind]).toEqual(["sevensa", "operators"]);
    expect(services.flatMap(({ routes }) => routes).map(({ host }) => host)).toContain("vault.acme.example");
});

test("it has every key of the committed file, so that it can be its whole content", () => {
    const committed = parse(readFileSync(join(projectRoot, "Pulumi.production.yaml"), "utf8")) as { config: Settings };
    expect(Object.keys(written).sort()).toEqual(Object.keys(committed.config).sort());
});
