/** Explains why an engine does not answer, and what its user can do about it. Pure. */

import { describeChoice, type EngineChoice, socketOf } from "./choice";
import { type Ended, lastWords } from "./client";

/** Facts about this machine that explain why an engine does not answer. */
export interface Host {
    readonly platform: NodeJS.Platform;
    readonly isRoot: boolean;
    /** Name of the user, for the advised command. */
    readonly user: string;
    /** The socket file of the chosen engine exists. */
    readonly hasSocket: boolean;
    /** A `dockerd` is on the PATH. */
    readonly hasDaemon: boolean;
    /** systemd runs this machine. */
    readonly hasServiceManager: boolean;
    /** MiB free where the engine keeps its data; `undefined` when that is unknown. */
    readonly freeMiB: number | undefined;
}

/** The reason for an engine's silence, and the next step. */
export interface Silence {
    readonly kind:
        | "no client"
        | "permission"
        | "not installed"
        | "stopped"
        | "ssh"
        | "tls"
        | "api version"
        | "disk"
        | "network"
        | "slow"
        | "other";
    /** The reason as one sentence, with the client's own last line. */
    readonly value: string;
    readonly next: string;
}

/** Sockets of the machine's own engine, as opposed to a user's. */
const SYSTEM_SOCKETS: readonly string[] = ["/var/run/docker.sock", "/run/docker.sock"];

/** MiB of free disk below which an engine cannot even write its own state. */
const FULL_MIB = 16;

/** Explains why a docker call found no engine. */
export function explainSilence(choice: EngineChoice, ended: Ended, host: Host): Silence {
    const words = lastWords(ended);
    const all = `${ended.stdout}\n${ended.stderr}`;
    const at = describeChoice(choice);
    const said = (kind: Silence["kind"], what: string, next: string): Silence => ({
        kind,
        value: `${what} (docker: ${words})`,
        next,
    });
    if (ended.code === 127) {
        return said("no client", "the docker client is not installed", installAdvice(host));
    }
    if (/permission denied|access is denied/i.test(all) && socketOf(choice) !== undefined) {
        const path = socketOf(choice) ?? "";
        return said(
            "permission",
            `${host.user} may not use the Docker engine at ${at}`,
            SYSTEM_SOCKETS.includes(path)
                ? `join the group, then log out and in again: sudo usermod -aG docker ${host.user}`
                : `give ${host.user} access to ${path}, or choose an engine of your own: docker context ls`,
        );
    }
    if (/no space left on device|disk quota exceeded/i.test(all) || (host.freeMiB ?? FULL_MIB) < FULL_MIB) {
        return said(
            "disk",
            `the Docker engine at ${at} does not answer, and its disk is full`,
            "free some space, then start the engine again",
        );
    }
    if (/client version \S+ is too (old|new)/i.test(all)) {
        return said(
            "api version",
            `the docker client and the engine at ${at} have no API version in common`,
            /too old/i.test(all)
                ? "upgrade the docker client; unset DOCKER_API_VERSION if it is set"
                : "unset DOCKER_API_VERSION, or upgrade the engine",
        );
    }
    if (choice.host.startsWith("ssh:")) return said("ssh", `no Docker engine answers at ${at}`, sshAdvice(choice, all));
    if (/x509|tls:|certificate|\.pem|HTTP request to an HTTPS|HTTP response to HTTPS/i.test(all)) {
        return said(
            "tls",
            `no verified connection to the Docker engine at ${at}`,
            choice.certPath === undefined
                ? `check it with: docker -H ${choice.host} version`
                : `check ca.pem, cert.pem and key.pem in ${choice.certPath}`,
        );
    }
    if (ended.code === 137) {
        return said(
            "slow",
            `the Docker engine at ${at} took the question and gave no answer in time`,
            host.hasServiceManager
                ? "look at: journalctl -u docker -n 50"
                : `ask it yourself: docker -H ${choice.host} info`,
        );
    }
    if (choice.host.startsWith("tcp:")) {
        return said(
            "network",
            `no Docker engine answers at ${at}`,
            `check the address and its port: docker -H ${choice.host} version`,
        );
    }
    if (!isNothingThere(all)) {
        return said(
            "other",
            `the Docker engine at ${at} does not answer`,
            `ask it yourself: docker -H ${choice.host} version`,
        );
    }
    return silentSocket(choice, host, said);
}

/** Explains a socket without a listener. The next step depends on the engine that the socket belongs to. */
function silentSocket(
    choice: EngineChoice,
    host: Host,
    said: (kind: Silence["kind"], what: string, next: string) => Silence,
): Silence {
    const path = socketOf(choice) ?? "";
    const at = describeChoice(choice);
    const missing = host.hasSocket ? "" : `: there is no ${path}`;
    const owner = ownerOf(path, host);
    if (owner === undefined && !SYSTEM_SOCKETS.includes(path)) {
        return said("stopped", `no Docker engine listens at ${at}${missing}`, otherEngine(choice));
    }
    if (owner !== undefined) {
        return said("stopped", `${owner.name} is not running at ${at}${missing}`, `start it: ${owner.start}`);
    }
    if (!host.hasDaemon) {
        return said("not installed", `no Docker engine is installed here, and none is at ${at}`, installAdvice(host));
    }
    const sudo = host.isRoot ? "" : "sudo ";
    return said(
        "stopped",
        `the Docker engine is installed and not running at ${at}${missing}`,
        host.hasServiceManager
            ? `start it: ${sudo}systemctl start docker`
            : `start it: ${sudo}sh -c 'dockerd >/var/log/dockerd.log 2>&1 &'`,
    );
}

/** Next step for a socket in a place that its user chose: the choice may be wrong. */
function otherEngine({ source }: EngineChoice): string {
    switch (source) {
        case "stack":
            return "start the engine that listens there, or correct strata:engine.host in the stack file";
        case "variable":
            return "start the engine that listens there, or: unset DOCKER_HOST";
        case "context":
            return "start the engine of this context, or choose another one: docker context use default";
        case "socket":
            return "start the engine that listens there";
    }
}

/** The user's own engine program that makes a socket, with the command that starts it. */
function ownerOf(path: string, { platform }: Host): { name: string; start: string } | undefined {
    const colima = /\.colima\/([^/]+)\//.exec(path)?.[1];
    if (colima !== undefined) {
        return { name: "Colima", start: colima === "default" ? "colima start" : `colima start ${colima}` };
    }
    if (path.includes("/.orbstack/")) return { name: "OrbStack", start: "orb start" };
    if (/\/\.docker\/(run|desktop)\//.test(path)) {
        return {
            name: "Docker Desktop",
            start: platform === "darwin" ? "open -a Docker" : "systemctl --user start docker-desktop",
        };
    }
    if (path.startsWith("/run/user/")) {
        return { name: "the rootless Docker engine", start: "systemctl --user start docker" };
    }
    if (platform === "darwin") {
        return { name: "Docker Desktop", start: "open -a Docker (or, with Colima: colima start)" };
    }
    return undefined;
}

function installAdvice({ platform, isRoot, hasDaemon }: Host): string {
    if (platform === "darwin") return "install Docker Desktop or Colima, start it, then run it again";
    if (hasDaemon)
        return "install the client: apt-get install docker-cli (Debian 13), docker-ce-cli (Docker's packages)";
    return `install an engine: ${isRoot ? "" : "sudo "}apt-get install docker.io, or follow https://docs.docker.com/engine/install/`;
}

function sshAdvice({ host }: EngineChoice, said: string): string {
    const target = host.slice("ssh://".length);
    if (/host key verification failed/i.test(said)) {
        return `log in once by hand and compare the host's key: ssh ${target}`;
    }
    if (/permission denied/i.test(said)) {
        return `check that your key logs in, and that this user may use docker there: ssh ${target} docker version`;
    }
    return `check it by hand: ssh ${target} docker version`;
}

/** Whether the client says that nothing listens at the socket, in the words of any of its releases. */
function isNothingThere(said: string): boolean {
    return /cannot connect to the docker daemon|no such file or directory|connection refused|failed to connect to the docker api/i.test(
        said,
    );
}
