/** The isolation probe's throw-away containers: one for each source. */

import { LABEL, PROBE_ROLE } from "../model/names";
import type { LiveContainer } from "./attachments";
import type { EngineReader } from "./reader";

/** Result of one attempt: see `offline/images/probe`. */
export type Observed = "open" | "refused" | "silent" | "unreachable" | "resolved" | "unresolved" | "failed";

/** One line of the probe's output. */
export interface Answer {
    readonly verdict: Observed;
    readonly status?: number | undefined;
}

/** A source's answers, by address as it was asked, or the reason why the source could not be probed. */
export type Answers = { readonly answers: ReadonlyMap<string, Answer> } | { readonly problem: string };

/** Milliseconds after which a call of the docker client for the probe is killed. */
export const PROBE_PATIENCE = 120_000;

/**
 * Whether a container is a probe, of any environment. Anyone can set the label, but the image contains the probe's program only.
 *
 * @param probeImage - reference of the image made from `offline/images/probe`
 */
export function isProbe(
    { Labels, Image }: { readonly Labels: Readonly<Record<string, string>> | null; readonly Image?: string },
    probeImage: string,
): boolean {
    return Labels?.[LABEL.role] === PROBE_ROLE && Image === probeImage;
}

export interface ProbeOptions {
    readonly environment: string;
    /** Reference of the image made from `offline/images/probe`. */
    readonly image: string;
    /** Milliseconds to wait for each address. */
    readonly timeout: number;
}

/**
 * Asks all addresses at once from inside a container's network namespace. The probe's container has no more privileges than the
 * source.
 */
export async function probeFrom(
    engine: EngineReader,
    source: LiveContainer,
    addresses: readonly string[],
    { environment, image, timeout }: ProbeOptions,
): Promise<Answers> {
    const started = [
        "run",
        "--rm",
        `--network=container:${source.id}`,
        `--name=${source.name}-${PROBE_ROLE}`,
        `--label=${LABEL.environment}=${environment}`,
        `--label=${LABEL.role}=${PROBE_ROLE}`,
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges:true",
        "--read-only",
        "--user=65532:65532",
        "--pull=never",
        "--memory=64m",
        "--log-driver=none",
        image,
        "connect",
        `--timeout=${timeout}ms`,
        ...new Set(addresses),
    ];
    const asked = await engine.docker(started, PROBE_PATIENCE);
    const answers = readAnswers(asked.stdout);
    // 0, 1 and 2 are the probe's own exit codes. With 2 some attempts may have failed; their lines say so.
    if (asked.code > 2 || answers.size === 0) {
        const why = asked.isLate ? "it took too long" : (asked.stderr.trim().split("\n").at(-1) ?? "");
        return { problem: `the probe in ${source.name} ended with ${asked.code}: ${why}` };
    }
    return { answers };
}

/**
 * Starts the probe once, without a network.
 *
 * @returns whether the image is for another processor than the engine's; other failures show when the probe is used
 */
export async function isProbeForeign(engine: EngineReader, image: string): Promise<boolean> {
    const hardened = ["--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--read-only", "--user=65532:65532"];
    const started = ["run", "--rm", "--network=none", "--pull=never", `--label=${LABEL.role}=${PROBE_ROLE}`];
    const command = [...started, ...hardened, image, "connect", "127.0.0.1:1"];
    const { stdout, stderr } = await engine.docker(command, PROBE_PATIENCE);
    return /exec format error/i.test(`${stdout}${stderr}`);
}

/** Reads the probe's lines. A line that is no answer is left out, and its cells become `could not tell`. */
export function readAnswers(text: string): Map<string, Answer> {
    const answers = new Map<string, Answer>();
    for (const line of text.split("\n")) {
        try {
            const { address, verdict, status } = JSON.parse(line) as Answer & { address: string };
            answers.set(address, { verdict, ...(status !== undefined && { status }) });
        } catch {
            continue;
        }
    }
    return answers;
}

/** Removes probe containers that an interrupted run left behind. */
export async function removeProbes(engine: EngineReader, environment: string): Promise<void> {
    const role = ["--filter", `label=${LABEL.role}=${PROBE_ROLE}`];
    const ids = await engine.list(["ps", "-aq", "--no-trunc", ...role], environment);
    if (ids.length > 0) {
        await engine.docker(["rm", "--force", ...ids]);
    }
}
