/** When the set-up installs or starts an engine by itself, and when it only says what to type. */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Installed, type Permission, preparationFor, preparationOf } from "../../../cli/setup/docker";
import { removedBy } from "../../../cli/setup/debian";
import type { EngineChoice } from "../../../engine/choice";
import type { Host, Silence } from "../../../engine/silence";

interface Machine {
    readonly choice: Pick<EngineChoice, "host" | "source">;
    readonly kind: Silence["kind"];
    readonly host: Pick<Host, "platform" | "isRoot" | "hasDaemon" | "hasServiceManager">;
    readonly installed: Installed;
    readonly permission: Permission;
}

const BARE: Machine = {
    choice: { host: "unix:///var/run/docker.sock", source: "socket" },
    kind: "not installed",
    host: { platform: "linux", isRoot: true, hasDaemon: false, hasServiceManager: true },
    installed: { hasApt: true, isOurs: false },
    permission: "bare",
};
const STOPPED: Machine = { ...BARE, kind: "stopped", host: { ...BARE.host, hasDaemon: true } };
const preparation = ({ choice, kind, host, installed, permission }: Machine) =>
    preparationOf(choice, { kind }, host, installed, permission);

test.each<[string, Machine, ReturnType<typeof preparationOf>]>([
    ["a bare machine gets an engine", BARE, "install"],
    ["so does one without even a client", { ...BARE, kind: "no client" }, "install"],
    ["the stack file may name the usual place", { ...BARE, choice: { ...BARE.choice, source: "stack" } }, "install"],
    ["an ordinary user is told what to type", { ...BARE, host: { ...BARE.host, isRoot: false } }, "none"],
    ["no apt-get, no installation", { ...BARE, installed: { hasApt: false, isOurs: false } }, "none"],
    ["macOS", { ...BARE, host: { ...BARE.host, platform: "darwin" } }, "none"],
    ["an engine elsewhere was chosen", { ...BARE, choice: { host: "ssh://far", source: "variable" } }, "none"],
    ["another socket was chosen", { ...BARE, choice: { host: "unix:///x.sock", source: "variable" } }, "none"],
    ["a context was chosen", { ...BARE, choice: { ...BARE.choice, source: "context" } }, "none"],
    ["a stopped engine with a service manager", STOPPED, "none"],
    [
        "an engine that the set-up installed, stopped, with a service manager",
        { ...STOPPED, installed: { hasApt: true, isOurs: true } },
        "none",
    ],
    [
        "a stopped engine without a service manager, Debian's package as well",
        { ...STOPPED, host: { ...STOPPED.host, hasServiceManager: false } },
        "none",
    ],
    [
        "an engine that the set-up installed, in a container, where nobody else starts it",
        {
            ...STOPPED,
            host: { ...STOPPED.host, hasServiceManager: false },
            installed: { hasApt: true, isOurs: true },
        },
        "start",
    ],
    ["a stopped engine without its client", { ...STOPPED, kind: "no client" }, "none"],
    [
        "an installation of the set-up's that was cut off before the client",
        { ...STOPPED, kind: "no client", installed: { hasApt: true, isOurs: true } },
        "install",
    ],
    ["a client that its user asked for", { ...STOPPED, kind: "no client", permission: "asked" }, "install"],
    ["a stopped engine whose user asked for it", { ...STOPPED, permission: "asked" }, "start"],
    ["an engine that does not let this user in", { ...STOPPED, kind: "permission", permission: "asked" }, "none"],
    ["an engine that is stuck", { ...STOPPED, kind: "slow", permission: "asked" }, "none"],
    ["a verb that only looks", { ...BARE, permission: "never" }, "none"],
])("%s: %s", (_, machine, expected) => expect(preparation(machine)).toBe(expected));

test.each(["engine-installed", "logs/dockerd.log"])(
    "Debian's package is ours only where the set-up left %s",
    async (sign) => {
        const folder = mkdtempSync(join(tmpdir(), "strata-preparation-"));
        const program = (name: string, text: string): void => {
            writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
            chmodSync(join(folder, name), 0o755);
        };
        for (const name of ["dockerd", "apt-get"]) program(name, "exit 1");
        program("dpkg", 'echo "docker.io: $2"');
        const root = jest.spyOn(process, "getuid").mockReturnValue(0);
        const choice: EngineChoice = { ...BARE.choice, because: "the default socket", ignored: [] };
        const silence: Silence = { kind: "stopped", value: "no", next: "start it" };
        const env = { PATH: `${folder}:${process.env.PATH}` };
        const prepare = (): Promise<string> => preparationFor({ choice }, folder, silence, env, "bare");
        expect(await prepare()).toBe("none");
        mkdirSync(join(folder, "logs"));
        writeFileSync(join(folder, sign), "");
        // A service manager would have started it, so it was stopped by somebody.
        const isLinux = process.platform === "linux";
        expect(await prepare()).toBe(isLinux && !existsSync("/run/systemd/system") ? "start" : "none");
        // Docker's own package has taken its place since.
        program("dpkg", 'echo "docker-ce: $2"');
        expect(await prepare()).toBe("none");
        root.mockRestore();
        rmSync(folder, { recursive: true });
    },
);

test("an installation that would remove a package is told from one that adds some", () => {
    const simulation = [
        "Reading package lists...",
        "Remv docker-ce-cli [5:29.1.0-1~debian.13~trixie]",
        "Remv docker-ce [5:29.1.0-1~debian.13~trixie]",
        "Inst docker.io (26.1.5+dfsg1-9 Debian:13 [amd64])",
        "Conf docker.io (26.1.5+dfsg1-9 Debian:13 [amd64])",
    ].join("\n");
    expect(removedBy(simulation)).toEqual(["docker-ce-cli", "docker-ce"]);
    expect(removedBy("Inst docker.io (26.1.5 Debian [amd64])")).toEqual([]);
});
