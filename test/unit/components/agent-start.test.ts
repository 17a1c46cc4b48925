/** What an agent does with files of the one before it, with a real shell. Cannot show what the image's shell does. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { agentStart } from "../../../components/identity/vault-agent/start";
import type { Delivery } from "../../../model/secrets/delivery";

let folder: string;
let rendered: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-agent-"));
    rendered = join(folder, "rendered files");
    mkdirSync(rendered);
});
afterEach(() => rmSync(folder, { recursive: true }));

const value = (file: string, path = `shop/kv/data/${file}`): Delivery => ({
    file,
    path,
    from: "value",
    secret: `shop/${file}`,
});

/** An agent that renders each file that is missing, except those that nobody has written. */
function startAgent(deliveries: readonly Delivery[], { handsToken = false, missing = [] as readonly string[] } = {}) {
    const { entrypoint, command, files } = agentStart(
        ["sh", "-c", 'echo "runs $0 $1"', "a b", "$x"],
        deliveries,
        handsToken,
    );
    for (const { path, content } of files) writeFileSync(join(folder, path), content as string);
    const local = (text: string): string => text.replace("/etc/strata", folder).replace(/^\/run\/secrets$/, rendered);
    const [program = "", ...args] = [...entrypoint, ...command].map(local);
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "runs a b $x\n", stderr: "" });
    const left = Object.fromEntries(
        readdirSync(rendered)
            .filter((file) => !file.startsWith("."))
            .map((file) => [file, readFileSync(join(rendered, file), "utf8")]),
    );
    for (const { file, path } of deliveries) {
        if (!missing.includes(file)) writeFileSync(join(rendered, file), `from ${path}`);
    }
    return left;
}

test("a first agent finds nothing", () => expect(startAgent([value("jwt")])).toEqual({}));

test("files that are as before stay: an application does not miss them while its agent is replaced", () => {
    startAgent([value("jwt"), value("certificate")]);
    expect(startAgent([value("jwt"), value("certificate"), value("more")])).toEqual({
        jwt: "from shop/kv/data/jwt",
        certificate: "from shop/kv/data/certificate",
    });
});

test("the file of a row that is renamed or gone goes with its value", () => {
    startAgent([value("jwt"), value("certificate"), value("salt")]);
    const left = startAgent([value("jwt-key", "shop/kv/data/jwt"), value("salt")]);
    expect(left).toEqual({ salt: "from shop/kv/data/salt" });
});

test("a file that comes from somewhere else goes, also when its own value is missing", () => {
    startAgent([value("a"), value("b")]);
    const swapped = [value("a", "shop/kv/data/b"), value("b", "shop/kv/data/a")];
    expect(startAgent(swapped, { missing: ["b"] })).toEqual({});
    expect(startAgent(swapped)).toEqual({ a: "from shop/kv/data/b" });
});

test("a token that the application needs no longer goes", () => {
    startAgent([value("jwt")], { handsToken: true });
    writeFileSync(join(rendered, "vault-token"), "token");
    expect(startAgent([value("jwt")], { handsToken: true })).toHaveProperty("vault-token");
    expect(startAgent([value("jwt")])).not.toHaveProperty("vault-token");
});

test("of an earlier release's agent the declared files stay, and the others go", () => {
    writeFileSync(join(rendered, "jwt"), "old");
    writeFileSync(join(rendered, "gone"), "old");
    mkdirSync(join(rendered, "folder"));
    expect(startAgent([value("jwt")])).toEqual({ jwt: "old" });
});

test("a name is compared as it is: it is no beginning of another one, and no pattern", () => {
    startAgent([value("jwt"), value("psra.key")]);
    const left = startAgent([value("jwt-key"), value("psraxkey", "psra.key"), value("psra.key")]);
    expect(left).toEqual({ "psra.key": "from shop/kv/data/psra.key" });
});

test("no value and no login is on the command line or in the list", () => {
    const { entrypoint, command, files } = agentStart(["vault"], [value("jwt")], true);
    expect([...entrypoint, ...command].join(" ")).toBe(
        "/bin/sh /etc/strata/agent.sh /etc/strata/rendered-files /run/secrets vault",
    );
    expect(files.at(-1)?.content).toBe("jwt value shop/kv/data/jwt\nvault-token token\n");
});
