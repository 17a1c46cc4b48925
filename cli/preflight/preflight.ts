/**
 * Whether this machine and its engine can run a stack: one list, before anything is touched. `up` stops at what is bad, `preview`
 * at what it needs itself, and `doctor` shows everything.
 */

import { ExitCode, Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { judgeAbilities } from "./abilities";
import { judgeAddresses } from "./addresses";
import { judgeAnswer, judgeLimits } from "./engine";
import type { Finding } from "./finding";
import { judgeImages, judgeMadeHere } from "./images";
import { judgeMachine } from "./machine";
import { judgePorts } from "./ports";
import type { Facts, Subject } from "./read";
import { judgeDisks, judgeMemory } from "./space";

/** Node's name of this machine's processor, as engines call it. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

type Judged = Pick<Subject, "sight" | "declared">;

/** Judges all facts. Pure. */
export function judgeFacts(facts: Facts, subject: Judged): Finding[] {
    return [...judgeMeans(facts, subject), ...judgeRoom(facts, subject), ...judgeDisks(facts.disks)];
}

/**
 * Judges all facts for a verb that makes no container. Pure.
 *
 * It stops at what it needs itself: an engine that answers and can do what the program asks of it, and a disk for the set-up.
 * Where only `up` would stop, it says so and goes on.
 */
export function judgeForPreview(facts: Facts, subject: Judged): Finding[] {
    const room = judgeRoom(facts, subject).map((finding): Finding => {
        if (finding.verdict !== "bad") return finding;
        return { ...finding, value: `${finding.value}: up stops at this`, verdict: "note" };
    });
    return [...judgeMeans(facts, subject), ...room, ...judgeDisks(facts.disks)];
}

/** Judges the machine, the engine and the images. Pure. */
function judgeMeans({ machine, answer, engine, logins }: Facts, { sight, declared }: Judged): Finding[] {
    const arch = ARCHITECTURES[machine.arch] ?? machine.arch;
    return [
        judgeMachine(machine),
        ...judgeAnswer(sight.engine.choice, answer),
        ...(engine === undefined
            ? []
            : [
                  ...judgeAbilities(engine.version, engine.api),
                  ...judgeImages(engine.images, engine.version.arch, arch, logins),
              ]),
        ...judgeMadeHere(sight.stack.name, declared.platform, declared.references),
    ];
}

/** Judges whether the engine has room for the environment: limits, memory, addresses, ports. Pure. */
function judgeRoom({ engine, ports }: Facts, { sight, declared }: Judged): Finding[] {
    const { platform, config } = declared;
    const info = engine?.info;
    const isRootless = (info?.SecurityOptions ?? []).some((option) => option.includes("name=rootless"));
    const untold: Finding = {
        what: "engine's resources",
        value: "not told",
        verdict: "unknown",
        fix: "ask the engine yourself: docker info",
    };
    return [
        ...(info === undefined ? [] : [...judgeLimits(info), judgeMemory(info.MemTotal / 1024 ** 2, declared)]),
        ...(engine !== undefined && info === undefined ? [untold] : []),
        ...(engine === undefined
            ? []
            : judgeAddresses(sight.stack.name, config.addressBase, platform.zones, engine.addresses)),
        ...judgePorts(ports, isRootless, engine !== undefined),
    ];
}

/** Prints what the user should know, and stops at what cannot work. */
export function refuseWhatCannotWork(findings: readonly Finding[], stack: string, progress: Progress): void {
    const bad = findings.filter(({ verdict }) => verdict === "bad");
    // When there is a problem, what could not be told is mostly its consequence.
    const shown = bad.length > 0 ? ["note"] : ["note", "unknown"];
    for (const { what, value, fix } of findings.filter(({ verdict, lasting }) => shown.includes(verdict) && !lasting)) {
        progress.line("!", `${what}: ${value}${fix === undefined ? "" : `; ${fix}`}`);
    }
    if (bad.length > 0) throw refusal(bad, stack);
}

/** One failure with every problem, in the form of configuration problems. Pure. */
export function refusal(bad: readonly Finding[], stack: string): Failure {
    const count = bad.length === 1 ? "1 problem" : `${bad.length} problems`;
    const lines = bad.flatMap(({ what, value, accepted, fix }, index) => [
        `  ${index + 1}. ${what}: ${value}`,
        ...(accepted === undefined ? [] : [`     accepted: ${accepted}`]),
        ...(fix === undefined ? [] : [`     next: ${fix}`]),
    ]);
    return new Failure(
        `${count} of this machine with the stack ${stack}:`,
        `mend what the list says; ${npmRun("doctor", stack)} shows all that was looked at; nothing was touched`,
        ExitCode.unknown,
        lines,
    );
}
