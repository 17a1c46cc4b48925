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
});
