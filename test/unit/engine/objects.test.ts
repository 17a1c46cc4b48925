/** What `docker inspect` says, as far as the preflight uses it. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Engine } from "../../../engine/engine";
import { matchImages } from "../../../engine/images";
import { describeNetwork } from "../../../engine/networks";
import { readMadeWith } from "../../../engine/made-with";

const INHIBITED = { Internal: true, Options: { "com.docker.network.bridge.inhibit_ipv4": "true" } };
const ISOLATED = { Internal: true, Options: { "com.docker.network.bridge.gateway_mode_ipv4": "isolated" } };
const OPEN = { Internal: false, Options: {} };
const checked = (StartInterval?: number) => ({
    Config: { Healthcheck: { Test: ["CMD", "x"], ...(StartInterval !== undefined && { StartInterval }) } },
});

test("tells what an environment was made with", () => {
    expect(readMadeWith([OPEN, INHIBITED], [checked()])).toEqual({ isolatedGateway: false, startInterval: false });
    expect(readMadeWith([OPEN, ISOLATED], [checked(1e9), { Config: {} }])).toEqual({
        isolatedGateway: true,
        startInterval: true,
    });
    expect(readMadeWith([ISOLATED, INHIBITED], [])).toEqual({ isolatedGateway: false, startInterval: undefined });
    expect(readMadeWith([OPEN], [{ Config: { Healthcheck: null } }])).toEqual({
        isolatedGateway: undefined,
        startInterval: undefined,
    });
});

test("reads a network's subnets and owner, with and without addresses and labels", () => {
    const network = {
        Name: "shop_default",
        IPAM: { Config: [{ Subnet: "172.22.0.0/16" }, { Subnet: "fd00::/64" }] },
        Labels: { "com.docker.compose.project": "shop" },
    };
    expect(describeNetwork(network)).toMatchObject({ subnets: ["172.22.0.0/16"], composeProject: "shop" });
    expect(describeNetwork({ Name: "host", IPAM: { Config: null }, Labels: null })).toMatchObject({ subnets: [] });
});

test("finds an image by its id, its tag, or its digest with or without a tag", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const id = `sha256:${"b".repeat(64)}`;
    const image = { Id: id, Architecture: "amd64", RepoTags: ["x:1"], RepoDigests: [`ghcr.io/a/x@${digest}`] };
    const references = [
        id,
        "x:1",
        `ghcr.io/a/x@${digest}`,
        `ghcr.io/a/x:7@${digest}`,
        "x:2",
        `sha256:${"c".repeat(64)}`,
    ];
    expect([...matchImages(references, [image]).keys()]).toEqual(references.slice(0, 4));
});

test.each([
    ["1.41", NaN],
    ["1.42", Date.parse("2026-01-01T00:00:00Z")],
])("an engine of API %s says of a volume that it was made at %d", async (api, created) => {
    const folder = mkdtempSync(join(tmpdir(), "strata-engine-"));
    const volume = JSON.stringify([{ Name: "x-data", CreatedAt: "2026-01-01T00:00:00Z", Labels: null }]);
    const script = `#!/bin/sh\ncase "$*" in version*) echo "20.10.24 ${api} linux amd64" ;; *) echo '${volume}' ;; esac\n`;
    writeFileSync(join(folder, "docker"), script, { mode: 0o755 });
    const engine = new Engine({ PATH: `${folder}:${process.env.PATH}` });
    expect(await engine.volumesNamed(["x-data"])).toEqual([{ name: "x-data", labels: {}, created }]);
});

test("an engine is told from others of its machine, and from those of machines made from one image", async () => {
    const told = { ID: "AAAA", Name: "vm", DockerRootDir: "/var/lib/docker" };
    const identityOf = (info: object, code = 0): Promise<string | undefined> => {
        const folder = mkdtempSync(join(tmpdir(), "strata-engine-"));
        const script = `#!/bin/sh\necho '${JSON.stringify(info)}'; exit ${code}\n`;
        writeFileSync(join(folder, "docker"), script, { mode: 0o755 });
        return new Engine({ PATH: `${folder}:${process.env.PATH}` }).identity();
    };
    const all = [told, { ...told, ID: "BBBB" }, { ...told, Name: "other" }, { ...told, DockerRootDir: "/data" }];
    const identities = await Promise.all(all.map((info) => identityOf(info)));
    expect(new Set(identities).size).toBe(4);
    expect(identities[0]).toBe("vm /var/lib/docker AAAA");
    expect(await identityOf({ ...told, ID: "" })).toBeUndefined();
    expect(await identityOf(told, 1)).toBeUndefined();
});

test.each([
    ["container", "ps --all --no-trunc --format {{.ID}}"],
    ["network", "network ls --no-trunc --format {{.ID}}"],
    ["volume", "volume ls --format {{.Name}}"],
] as const)("every %s of the engine is listed with whose it is, whether it runs or not", async (kind, command) => {
    const folder = mkdtempSync(join(tmpdir(), "strata-engine-"));
    const lines = ["1\tx-edge\tx\t", "2\tshop-db,shop-web/db\t\tshop", "3\tcurious\t\t"];
    const script = `#!/bin/sh\nprintf '%s' "$*" >${folder}/asked\nprintf '${lines.map((line) => `${line}\\n`).join("")}'\n`;
    writeFileSync(join(folder, "docker"), script, { mode: 0o755 });
    const engine = new Engine({ PATH: `${folder}:${process.env.PATH}` });
    const owner = (environment?: string, composeProject?: string) => ({ environment, composeProject });
    expect(await engine.all(kind)).toEqual([
        { id: "1", name: "x-edge", ...owner("x") },
        { id: "2", name: "shop-db", ...owner(undefined, "shop") },
        { id: "2", name: "shop-web/db", ...owner(undefined, "shop") },
        { id: "3", name: "curious", ...owner() },
    ]);
    expect(readFileSync(join(folder, "asked"), "utf8")).toContain(command);
});

test.each([
    "Error response from daemon: network 89100bba not found",
    "Error: No such network: 89100bba",
    "Error response from daemon: No such container: 89100bba",
])("what disappears between a list and a look is left out: %s", async (said) => {
    const folder = mkdtempSync(join(tmpdir(), "strata-engine-"));
    const network = JSON.stringify([{ Name: "bridge", IPAM: { Config: null }, Labels: null }]);
    const looked = `echo '${network}'; echo '${said}' >&2; exit 1`;
    const script = `#!/bin/sh\ncase "$*" in *inspect*) ${looked} ;; *) printf '1\\n89100bba\\n' ;; esac\n`;
    writeFileSync(join(folder, "docker"), script, { mode: 0o755 });
    const engine = new Engine({ PATH: `${folder}:${process.env.PATH}` });
    expect((await engine.allNetworks()).map(({ name }) => name)).toEqual(["bridge"]);
});
