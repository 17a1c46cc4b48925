/** `strata test`: all test levels, quick ones first, and one closing line over all of them. */

import { chooseEngine, clientEnvironment, surroundings } from "../../engine/choice";
import { Engine } from "../../engine/engine";
import { TEST_PREFIX } from "../../model/environments";
import { asFailure, ExitCode } from "../failure";
import { Progress } from "../output/progress";
import { cacheFolder, childEnvironment } from "../places";
import { engineSteps } from "../../offline/build/engine";
import { IMAGE_NAMES } from "../../offline/build/image-recipes";
import { runSteps } from "../setup/run-steps";
import { type Foundations, foundations, offlineContext, setUp } from "../setup/setup";
import { TESTING } from "../stacks/stack";
import { chooseCurrentEngine, CURRENT_ENGINE, type CurrentEngine, readTestMachine } from "../testing/current-engine";
import { type Run, runJest } from "../testing/jest";
import { whyNoContainers } from "../testing/machine";
import { withMachineLock } from "../testing/machine-lock";
import { passFolder } from "../testing/passes";
import { closingLine, hasTests, type Selection, selectSuites, type Suite, type Tally, total } from "../testing/suites";
import { readTested } from "../testing/tested";
import { runChanged } from "../testing/unchanged";

/** Options of `test`. */
export interface TestOptions {
    /** Write the golden files anew instead of comparing with them. */
    readonly updateGolden?: boolean;
    /** Run also those files of `conformance` that passed and for which nothing has changed. */
    readonly all?: boolean;
}

/** Levels that run plugins or containers. */
const NEEDS_SET_UP: readonly Suite[] = ["conformance", "integration"];

const COULD_NOT_RUN: Tally = { passed: 0, failed: 0, skipped: 0, couldNotRun: true };

/** @returns exit code: 0 all passed, 1 some failed, 2 some could not run */
export async function test(args: readonly string[], options: TestOptions): Promise<number> {
    const progress = new Progress();
    const selection = selectSuites(options.updateGolden && args.length === 0 ? ["golden"] : args);
    const env = {
        ...childEnvironment(),
        [TESTING]: "1",
        ...(options.updateGolden ? { STRATA_UPDATE_GOLDEN: "1" } : {}),
    };
    const tallies: Tally[] = [];
    const notes: string[] = [];
    for (const suites of groups(selection.suites)) {
        progress.print(`\n== ${suites.join(", ")}`);
        const empty = suites.filter((suite) => !hasTests(suite));
        if (empty.length > 0) {
            progress.line("✗", `test/${empty.join(", test/")} has no test: nothing is proven by it`);
            tallies.push(COULD_NOT_RUN);
            continue;
        }
        const run = (of: readonly Suite[], args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Run> =>
            runJest(of, [...jestArguments(selection, of), ...args], { ...env, ...more });
        if (!needsSetUp(suites)) {
            tallies.push((await run(suites, [])).tally);
            continue;
        }
        const tally = await withMachineLock(progress, async (): Promise<Tally> => {
            const machine = await prepareMachine(progress);
            if (machine === undefined) return COULD_NOT_RUN;
            const { current, engine, found } = machine;
            const request = {
                ...{ suites, selection, all: options.all === true },
                tested: () => readTested(engine, found),
                folder: passFolder(cacheFolder()),
                say: (line: string) => progress.line("·", line),
            };
            const ran = await runChanged(request, (of, args) =>
                run(of, args, { [CURRENT_ENGINE]: JSON.stringify(current) }),
            );
            if (current.on === "none") notes.push(`nothing was tested on a current engine: ${current.reason}`);
            if (ran.line !== undefined) notes.push(ran.line);
            return ran.tally;
        });
        tallies.push(tally);
    }
    const all = total(tallies);
    notes.forEach((note) => progress.print(`\n${note}`));
    if (all.couldNotRun) progress.print("\nnot everything could run, see above");
    progress.print(`\n${closingLine(all)}`);
    if (all.failed > 0) return ExitCode.broken;
    return all.couldNotRun ? ExitCode.unknown : ExitCode.holds;
}

/** The quick levels first, then those that wait for plugins and containers. */
function groups(suites: readonly Suite[]): readonly (readonly Suite[])[] {
    const quick = suites.filter((suite) => !needsSetUp([suite]));
    const slow = suites.filter((suite) => needsSetUp([suite]));
    return [quick, slow].filter((group) => group.length > 0);
}

function needsSetUp(suites: readonly Suite[]): boolean {
    return suites.some((suite) => NEEDS_SET_UP.includes(suite));
}

function jestArguments(selection: Selection, suites: readonly Suite[]): string[] {
    // Files with containers have environments, addresses and ports of their own and mostly wait, so two go side by side; more
    // would need the memory of three platforms. A pattern may match in one suite only.
    const workers = needsSetUp(suites) ? "2" : "100%";
    const pattern = selection.jest.length > 0 ? ["--passWithNoTests"] : [];
    return ["--ci", `--maxWorkers=${workers}`, ...pattern, ...selection.jest];
}

/** The machine that tests with containers run on. */
interface Machine {
    /** What the tests of a current engine run on. */
    readonly current: CurrentEngine;
    readonly engine: Engine;
    readonly found: Foundations;
}

/**
 * Sets the machine up, and removes what earlier test runs left.
 *
 * @returns nothing after a failure, which is printed: no suite that needs the set-up can run
 */
async function prepareMachine(progress: Progress): Promise<Machine | undefined> {
    try {
        const choice = chooseEngine({}, surroundings());
        const dockerEnv = clientEnvironment(choice, childEnvironment());
        const engine = new Engine(dockerEnv, choice);
        const operatingSystem = (await engine.info())?.OperatingSystem;
        const why = whyNoContainers({ platform: process.platform, host: choice.host, operatingSystem });
        if (why !== undefined) {
            progress.line("✗", why);
            progress.print("  next: the other levels: npm test -- unit policy golden");
            return undefined;
        }
        const request = { images: IMAGE_NAMES, engine: "bare", listCached: false } as const;
        const found = await foundations({ isTest: true });
        const { decision } = await setUp(progress, request, { engine, dockerEnv }, found);
        const api = (await engine.version())?.api ?? "0";
        const current = chooseCurrentEngine(api, await readTestMachine(decision.way, childEnvironment()));
        if (current.on === "second") await runSteps(progress, engineSteps(offlineContext()));
        for (const environment of (await engine.environments()).filter((name) => name.startsWith(TEST_PREFIX))) {
            await engine.remove("container", await engine.containers(environment));
            await engine.remove("network", await engine.networks(environment));
            await engine.remove("volume", await engine.volumes(environment));
            progress.line("!", `${environment}: left by an earlier test run, removed`);
        }
        return { current, engine, found };
    } catch (error) {
        const failure = asFailure(error);
        if (!failure) console.error(error);
        progress.line("✗", `set-up: ${failure?.message ?? "failed, see above"}`);
        failure?.details.forEach((line) => progress.print(line));
        if (failure) progress.print(`  next: ${failure.next}`);
        return undefined;
    }
}
