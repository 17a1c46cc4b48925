import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../../cli/places";
import { sdkTypes } from "../../offline/build/sdk";
import { differences, knownDifferences } from "./engine";

jest.setTimeout(60_000);

describe("vault plugin", () => {
    test("has the names and types of the SDK", async () => {
        expect(await differences("vault")).toEqual(await knownDifferences("vault"));
    });

    test("maps the resource types of the SDK that is installed", () => {
        const listed = readFileSync(join(projectRoot, "offline", "plugins", "vault", "mapping", "types.txt"), "utf8");
        expect(listed.trim().split("\n")).toEqual(sdkTypes(join(projectRoot, "node_modules", "@pulumi", "vault")));
    });

    // Create, update, replace, refresh, import and delete need a server. They belong here, against a Vault that the test
    // starts from the image of the set-up (`strata.invalid/vault`) on a loopback port: a mount, a policy, an AppRole with a
    // role, a `generic.Secret`, a transit key, a database connection, an audit device. The rows, with the exit code a
    // refresh must give for each change from outside, are in docs/testing.md.
});
