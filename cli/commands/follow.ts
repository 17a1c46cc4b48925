/** Runs `pulumi` with its progress shown to a person, and explains its failures. */

import { readFileSync } from "node:fs";

import { condition, evidence, isWell, troubleLine } from "../engine/evidence";
import { ExitCode, Failure } from "../failure";
import type { Progress } from "../output/progress";
import { duration } from "../output/text";
import type { UpdateView } from "../pulumi/events";
import { parseLocks, workedOn } from "../pulumi/locks";
import { lockedOut } from "../pulumi/logins";
import { waitedForOperators } from "../pulumi/operators";
import type { PulumiRun } from "../pulumi/pulumi";
import type { Session } from "../session";
import { refuseWrongPassphrase } from "../stacks/passphrase";

/** How often containers that take long are looked at, and after how long a container counts as one of them. */
const WATCH_MILLISECONDS = 3000;
const PATIENCE_MILLISECONDS = 10_000;

/** Runs `pulumi` and prints what happens as it happens. */
export async function follow(
    session: Session,
    progress: Progress,
    view: UpdateView,
    verb: "up" | "preview" | "destroy",
    args: readonly string[],
): Promise<PulumiRun> {
    const started = Date.now();
    const said = new Set<string>();
    const name = verb === "up" ? "update" : verb;
    const prefix = (): string => `${name} ${duration(Date.now() - started)}`;
    const watch = setInterval(() => void watchHealth(session, progress, view, said), WATCH_MILLISECONDS);
    progress.wait(() => {
        const doing = view.waiting();
        if (view.isStopping) return `${prefix()}  stopping: ${doing ?? "waiting for pulumi to end"}`;
        return `${prefix()}  ${doing ?? (verb === "destroy" ? "" : "running the program")}`;
    });
    try {
        return await session.pulumi.operate(
            verb,
            args,
            (event) => view.apply(event).forEach(({ mark, text, elapsed }) => progress.line(mark, text, elapsed)),
            () => {
                view.isStopping = true;
                progress.line("!", "stopping after the running step; Ctrl-C again to stop at once");
            },
        );
    } finally {
        clearInterval(watch);
        progress.settle();
    }
}

/** Prints once, for each container that takes long, what is wrong with it, without a wait for the end of its time. */
async function watchHealth(
    { engine, stack }: Session,
    progress: Progress,
    view: UpdateView,
    said: Set<string>,
): Promise<void> {
    const names = view.waitingContainers(PATIENCE_MILLISECONDS).filter((name) => !said.has(name));
    if (names.length === 0) return;
    // The update itself will say so when the engine is gone.
    const containers = await engine.containers(stack.name).catch(() => []);
    for (const container of containers) {
        const { name, state, health } = container;
        if (!names.includes(name) || said.has(name) || (state === "running" && health !== "unhealthy")) continue;
        said.add(name);
        const [line = ""] = await engine.lastLines(container.id, 1);
        progress.line("!", troubleLine(container, line));
    }
}

/**
 * What went wrong: Vault waits for its operators, a server refuses the program's login, or the evidence of every container that
 * did not become healthy.
 */
export async function explain(session: Session, view: UpdateView, run: PulumiRun): Promise<Failure> {
    const { engine, stack } = session;
    if (run.interrupted) {
        return new Failure("stopped before the end", "run it again: it goes on from here", ExitCode.interrupted);
    }
    if (run.endedBy) {
        return new Failure(`pulumi was ended by ${run.endedBy}`, "run it again: it recovers", ExitCode.broken);
    }
    if (view.errors.length === 0 && view.failed.length === 0) {
        // Pulumi ended before its engine began.
        const log = readFileSync(run.logFile, "utf8");
        const locks = parseLocks(log);
        if (locks.length > 0) return workedOn(stack.name, locks);
        refuseWrongPassphrase(stack.name, log);
    }
    const waited = waitedForOperators(view);
    if (waited) return waited;
    const locked = view.policyViolated ? undefined : await lockedOut(session.pulumi);
    if (locked) return locked;
    const names = new Set(view.failed.map(({ container }) => container).filter((name) => name !== undefined));
    const suspects = (await engine.containers(stack.name)).filter(({ name }) => names.has(name));
    const details = [...view.errors.flatMap((text) => text.split("\n")).map((line) => `  ${line}`)];
    for (const container of suspects) {
        // A container that is well by now failed for another reason, which the errors above name.
        if (isWell(container)) details.push(`  ${container.name} is ${condition(container)} now`);
        else details.push(...(await evidence(engine, container)));
    }
    if (details.length === 0 && !view.policyViolated) details.push(`  pulumi ended with ${run.code}`);
    const what = view.failed.length > 0 ? view.failed.map(({ label }) => label).join(", ") : stack.name;
    if (view.policyViolated) {
        return new Failure(
            `a policy refuses ${stack.name}; see above`,
            "mend the declaration it names",
            ExitCode.broken,
            details,
        );
    }
    return new Failure(
        `${what} failed`,
        `mend it and run it again; all of it: ${run.logFile}`,
        ExitCode.broken,
        details,
    );
}
