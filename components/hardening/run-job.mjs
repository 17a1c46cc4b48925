// Runs the container of a job to its end. Ends with 0 when the job did. Otherwise it ends with 1, and says on standard error
// how the job ended and what it wrote last. Plain Node, so that it runs wherever the program does.
//
//   node run-job.mjs <container> <seconds> [companion...]
//
// A companion is a container that the job needs while it runs, such as the agent with its secrets. It is started first, and
// stopped at the end, whatever the end is.
//
// A job that still runs was started by an update that was cut off. The script does not start it a second time, but waits.
import { spawn } from "node:child_process";

/** Lines of the job that are shown, and characters of each. */
const LINES = 15;
const WIDTH = 500;
/** Seconds that a companion may take until it is healthy, and that a container gets between SIGTERM and SIGKILL. */
const COMPANION = 180;
const GRACE = 10;
/** What the engine says of a container that has never ended. */
const NEVER = "0001-";

const [job, limit, ...companions] = process.argv.slice(2);

/** A reason why the job has not succeeded, for people. */
class Reason extends Error {}

/**
 * Runs the docker client, for at most so many seconds.
 *
 * @returns `code` is undefined when the time was over
 */
function docker(args, seconds = 60) {
    return new Promise((resolve, reject) => {
        const client = spawn("docker", args, { stdio: ["ignore", "pipe", "pipe"] });
        const [stdout, stderr] = [[], []];
        client.stdout.on("data", (data) => stdout.push(data));
        client.stderr.on("data", (data) => stderr.push(data));
        client.on("error", reject);
        let isLate = false;
        const timer = setTimeout(() => {
            isLate = true;
            client.kill("SIGKILL");
        }, seconds * 1000);
        client.on("close", (code) => {
            clearTimeout(timer);
            const [out, err] = [stdout, stderr].map((parts) => Buffer.concat(parts).toString("utf8"));
            resolve({ code: isLate ? undefined : code, stdout: out, stderr: err });
        });
    });
}

/** @throws Reason when the client fails */
async function mustDocker(args, doing) {
    const { code, stdout, stderr } = await docker(args);
    if (code !== 0) {
        const why = stderr.trim() || `docker ${args[0]} ended with ${code ?? "no answer within a minute"}`;
        throw new Reason(`${doing}: ${why}`);
    }
    return stdout;
}

async function inspect(container) {
    const [found] = JSON.parse(await mustDocker(["inspect", "--type=container", container], `looking at ${container}`));
    return found;
}

/** The last lines that a container wrote after a moment, each with its time. */
async function lastLines(container, since) {
    const from = since.startsWith(NEVER) ? [] : [`--since=${since}`];
    const { stdout, stderr } = await docker(["logs", "--timestamps", `--tail=${LINES}`, ...from, container]);
    const lines = `${stdout}\n${stderr}`.split(/\r?\n/).filter((line) => line !== "");
    const texts = lines
        .sort()
        .slice(-LINES)
        .map((line) => line.slice(line.indexOf(" ") + 1));
    return texts.map(
        (text) => `    | ${text.replace(/\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b-\x1f]/g, "").slice(0, WIDTH)}`,
    );
}

/** How a container ended, with what it wrote last. */
async function told(container, since, how) {
    const lines = await lastLines(container, since);
    const wrote = lines.length === 0 ? "It has written nothing." : `Its last ${lines.length} lines:`;
    return new Reason([`${container} ${how}. ${wrote}`, ...lines].join("\n"));
}

async function startCompanion(companion) {
    const before = await inspect(companion);
    await mustDocker(["start", companion], `starting ${companion}, which ${job} needs`);
    const deadline = Date.now() + COMPANION * 1000;
    for (;;) {
        const { State } = await inspect(companion);
        if (State.Health?.Status === "healthy") return;
        const { FinishedAt } = before.State;
        if (!State.Running) {
            throw await told(companion, FinishedAt, `ended with ${State.ExitCode} before ${job} could start`);
        }
        if (Date.now() > deadline) {
            throw await told(companion, FinishedAt, `was not healthy within ${COMPANION} s, and ${job} needs it`);
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}

/** @throws Reason when the job does not end with 0 */
async function runJob() {
    const before = await inspect(job);
    await mustDocker(["start", job], `starting ${job}`);
    const { code, stderr } = await docker(["wait", job], Number(limit));
    const since = before.State.Running ? before.State.StartedAt : before.State.FinishedAt;
    if (code === undefined) {
        await mustDocker(["stop", "-t", String(GRACE), job], `stopping ${job} after its ${limit} s`);
        throw await told(job, since, `did not end within ${limit} s and was stopped`);
    }
    if (code !== 0) throw new Reason(`waiting for the end of ${job}: ${stderr.trim()}`);
    const { State, HostConfig } = await inspect(job);
    if (State.ExitCode === 0) return;
    const seconds = Math.max(0, Math.round((Date.parse(State.FinishedAt) - Date.parse(State.StartedAt)) / 1000));
    const memory = State.OOMKilled ? `: it needs more than its ${HostConfig.Memory / 2 ** 20} MiB of memory` : "";
    throw await told(job, since, `ended with ${State.ExitCode} after ${seconds} s${memory}`);
}

async function run() {
    try {
        for (const companion of companions) await startCompanion(companion);
        await runJob();
    } finally {
        for (const companion of companions) {
            await mustDocker(["stop", "-t", String(GRACE), companion], `stopping ${companion}, which served ${job}`);
        }
    }
}

try {
    await run();
} catch (error) {
    const said = error instanceof Reason ? error.message : `${job}: ${error.message}`;
    process.stderr.write(
        `${said}\nWhat waits for it was not started. The next update runs it again; all that it wrote: docker logs ${job}\n`,
    );
    process.exitCode = 1;
}
