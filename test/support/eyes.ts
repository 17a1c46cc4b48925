/**
 * Reads what the processes of containers see and reach. The kernel shows this only to their own user and to root, and tests may run
 * as another user. So a container with the rights of a debugger reads it.
 */

import { imageOf } from "./images";
import { docker, type Ended, inspect, run } from "./live-engine";

/** Id of the debugger's container. It sees the processes of the engine's machine, and ends and is removed with this process. */
let container: Promise<string> | undefined;

async function open(): Promise<string> {
    // Not `kill -0`: that takes one more capability when tests run as an ordinary user.
    const watch = 'while test -d "/proc/$0"; do sleep 1; done';
    // Not `--privileged`: an engine that itself runs in a container does not have all capabilities to give.
    const may = ["SYS_PTRACE", "SYS_ADMIN", "SYS_CHROOT", "DAC_READ_SEARCH"].map((name) => `--cap-add=${name}`);
    const unconfined = ["apparmor", "seccomp"].map((name) => `--security-opt=${name}=unconfined`);
    const place = ["--pid=host", "--network=none", "--user=0:0", "--label=strata-test=eyes", "--entrypoint=sh"];
    const command = [await imageOf("postgres"), "-c", watch, String(process.pid)];
    return (
        await docker(["run", "--detach", "--rm", "--cap-drop=ALL", ...may, ...unconfined, ...place, ...command])
    ).trim();
}

async function exec(command: readonly string[], input = ""): Promise<Ended> {
    container ??= open();
    return run("docker", ["exec", "--interactive", await container, ...command], { input });
}

/**
 * Runs a line of shell that sees every process of the engine's machine.
 *
 * @param args - `$0`, `$1`, ...
 */
export async function look(script: string, ...args: readonly (string | number)[]): Promise<Ended> {
    return exec(["sh", "-c", script, ...args.map(String)]);
}

/**
 * Runs a program of this machine in the network of a process, for example one in a container.
 *
 * @param input - for the program's standard input
 */
export async function runInNetworkOf(pid: number, command: readonly string[], input: string): Promise<Ended> {
    // The mount namespace is this process's own, because the program is there.
    const namespaces = [`--net=/proc/${pid}/ns/net`, `--mount=/proc/${process.pid}/ns/mnt`];
    return exec(["nsenter", ...namespaces, ...command], input);
}

/** Exit code for a missing file; `cat` uses other codes. */
const MISSING = 44;

/** A file as a container's own processes see it. @returns undefined when it does not exist @throws Error when it cannot be read */
export async function fileInside(of: string, path: string): Promise<string | undefined> {
    const { State } = await inspect(of);
    const script = `test -e "/proc/$0/root$1" || exit ${MISSING}; cat "/proc/$0/root$1"`;
    const { code, stdout, stderr } = await look(script, State.Pid, path);
    if (code === MISSING) return undefined;
    if (code !== 0) throw new Error(`${path} in ${of} cannot be read: ${stderr}`);
    return stdout;
}

/** Arguments and environment of a process; empty when the process has ended. @throws Error when they cannot be read */
export async function visibleTextOf(pid: number): Promise<string> {
    const script = 'cat "/proc/$0/cmdline" && echo && cat "/proc/$0/environ" || ! test -e "/proc/$0"';
    const { code, stdout, stderr } = await look(script, pid);
    if (code !== 0) throw new Error(`process ${pid} cannot be read: ${stderr}`);
    return stdout.replaceAll("\0", "\n");
}
