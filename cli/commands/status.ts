/** `strata status`: what runs, against what the state says should run. */

import { KEYCLOAK } from "../../components/identity/keycloak/kind";
import { instanceOf, type RunningContainer } from "../../engine/containers";
import { advice, isWell } from "../engine/evidence";
import { ceremoniesIn, type Ceremony } from "../engine/key-ceremonies";
import { vaultIn, vaultSeal } from "../engine/vault-seal";
import { ExitCode, Failure, npmRun } from "../failure";
import { sayLogins, type StateOfLogins, stateOfLogins } from "../identity/state-of-logins";
import { type Mark, Progress } from "../output/progress";
import { table, uptime } from "../output/text";
import { loginsOnce } from "../pulumi/logins";
import { HOW_TO_OPEN } from "../pulumi/operators";
import { sayData, type VolumeFate } from "../pulumi/fates";
import { examineVolumes } from "../pulumi/lost-data";
import { type Ending, endings, remind } from "../pulumi/endings";
import { compare } from "../pulumi/recover";
import { foreignObjects, planRecovery } from "../pulumi/recovery";
import { runUnderWay, type UnderWay } from "../pulumi/run-record";
import { endingLogins } from "../pulumi/secret-ids";
import { lookAt, open, type StackOptions } from "../session";
import { foundations } from "../setup/setup";
import { isKeptHere } from "../stacks/backend";
import { hasState } from "../stacks/stack";
import { wantedBy } from "../stacks/supply";
import { describeServices, MISSING, type ServiceStatus, withLastLines } from "./service-status";

/** Options of `status`. */
export interface StatusOptions extends StackOptions {
    readonly json?: boolean;
}

/** What to do about a sealed Vault, whichever its seal. */
const OPENING = `with operators: ${HOW_TO_OPEN}; with the seal local its log says what is missing`;

/** What `status` found, and its JSON document. */
export interface StatusReport {
    readonly stack: string;
    readonly services: readonly ServiceStatus[];
    /** Vault's seal, as {@link vaultSeal} returns it. */
    readonly vault: string | undefined;
    /** Ceremonies with Vault's unseal keys that are under way. @default none */
    readonly ceremonies?: readonly Ceremony[] | "unknown";
    readonly logins: ReturnType<typeof endingLogins>;
    readonly endings: readonly Ending[];
    readonly people?: StateOfLogins;
    /** Data volumes that do not hold the data that the state knows, or for which this cannot be told. */
    readonly data?: readonly VolumeFate[];
    /** Operations that were cut off. */
    readonly pending: number;
    /** Names of containers that an interrupted run left: the state does not know them. */
    readonly unknown: readonly string[];
    /** Names of labelled objects that neither the state nor an interrupted run explains. */
    readonly foreign: readonly string[];
    /** A run that is under way. */
    readonly underWay?: UnderWay;
}

/** @returns exit code: 0 all healthy, 1 something is broken, 2 could not tell */
export async function status(options: StatusOptions): Promise<number> {
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    const answer = await sight.engine.answer();
    if ("silence" in answer) throw sight.engine.silent(answer.silence);
    if (!hasState(sight.stack) && isKeptHere(sight.stack)) {
        throw new Failure(
            `${sight.stack.name} has no state here: it was never started`,
            `run: ${npmRun("up", sight.stack.name)}`,
        );
    }
    const session = await open(sight, await foundations(wantedBy(sight)));
    const { state, engine } = await compare(session);
    const described = describeServices(state.containers, engine.containers, sight.stack.name, Date.now());
    const services = await withLastLines(sight.engine, described, engine.containers);
    const vault = await vaultSeal(sight.engine, engine.containers, state.vaultProgram);
    const server = vaultIn(engine.containers);
    const ceremonies =
        vault === "unsealed" && server && state.vaultProgram !== undefined
            ? await ceremoniesIn(sight.engine, server, state.vaultProgram)
            : [];
    const plan = planRecovery(state, engine);
    const unknown = plan.orphanContainers.map(({ name }) => name);
    const logins = endingLogins(state.secretIds, Date.now());
    const ending = endings(state, sight.stack.name, Date.now());
    const underWay = runUnderWay(sight.stack);
    const runsKeycloak = services.some(({ service, health }) => service === KEYCLOAK && health === "healthy");
    const own = loginsOnce(session.pulumi);
    const people = runsKeycloak ? await stateOfLogins(session.pulumi, own) : undefined;
    const volumes = await examineVolumes(state, { engine: sight.engine, logins: own });
    const data = volumes
        .filter(({ fate, unsure }) => fate !== "there" || unsure !== undefined)
        .map(({ name, fate, inPlace, unsure }) => ({
            name,
            fate,
            ...(inPlace && { inPlace }),
            ...(unsure !== undefined && { unsure }),
        }));
    const found: StatusReport = {
        stack: sight.stack.name,
        services,
        vault,
        ceremonies,
        logins,
        endings: ending,
        ...(people && { people }),
        data,
        pending: plan.pending.length,
        unknown,
        foreign: foreignObjects(state, engine),
        ...(underWay && { underWay }),
    };
    if (options.json) console.log(JSON.stringify(found, undefined, 2));
    return sayStatus(progress, found, engine.containers);
}

/**
 * Prints what was found. While a run is under way, a difference may be a step of that run and not a fault.
 *
 * @returns exit code, as {@link status}
 */
export function sayStatus(progress: Progress, found: StatusReport, containers: readonly RunningContainer[]): number {
    const { stack, services, vault, ceremonies = [], endings: ending, people, data = [] } = found;
    const { pending, unknown, foreign, underWay } = found;
    const rows = services.map((it) => [
        it.service,
        it.health,
        it.uptime ? uptime(it.uptime) : "-",
        String(it.restarts),
        it.zones.join(" "),
    ]);
    if (rows.length > 0) {
        table(["SERVICE", "HEALTH", "UP", "RESTARTS", "ZONES"], rows).forEach((line) => progress.print(line));
    }
    if (underWay) {
        progress.line("!", `${underWay.verb} is under way since ${underWay.since} (process ${underWay.process})`);
    }
    const mark = underWay ? "·" : "✗";
    if (vault !== undefined) progress.line(vault === "unsealed" ? "✓" : mark, `vault is ${vault}`);
    if (vault === "sealed" && !underWay) progress.print(`  next: ${OPENING}`);
    sayCeremonies(progress, ceremonies, mark);
    for (const { service, problems, lastLines = [], reattach } of services) {
        problems.forEach((text) => progress.line(mark, `${service}: ${text}`));
        lastLines.forEach((text) => progress.print(`    | ${text}`));
        const found = containers.find((it) => instanceOf(it) === service && !it.oneShot);
        if (found && !isWell(found) && !underWay) progress.print(`  next: ${advice(found, stack)}`);
        if (reattach !== undefined && !underWay) progress.print(`  next: ${reattach}`);
    }
    const again = npmRun("up", stack);
    if (!underWay && services.some(({ health }) => health === MISSING))
        progress.print(`  next: ${again} makes it again`);
    const { isLost, isUnsure } = sayData(data, progress, stack, mark);
    remind(progress, ending);
    const wrong = people !== undefined && sayLogins(progress, people, stack);
    if (underWay) {
        progress.print(`  next: wait for its end, then ${npmRun("status", stack)}`);
        return ExitCode.unknown;
    }
    for (const name of unknown) progress.line("✗", `${name}: labelled, but the state does not know it`);
    sayForeign(progress, foreign);
    if (pending > 0) {
        progress.line("!", `${pending} operations were cut off; ${again} recovers them`);
        return ExitCode.unknown;
    }
    if (unknown.length > 0) progress.print(`  next: ${again} removes what an interrupted run left`);
    if (services.length === 0) {
        progress.line("·", `nothing of ${stack} runs`);
        progress.print(`  next: ${again}`);
        return ExitCode.broken;
    }
    // When operators hold the keys, the container of a sealed Vault is healthy, but nothing can be read from Vault.
    const broken =
        wrong ||
        isLost ||
        unknown.length > 0 ||
        foreign.length > 0 ||
        vault === "sealed" ||
        (ceremonies !== "unknown" && ceremonies.length > 0) ||
        ending.some(({ days }) => days < 0) ||
        services.some(({ problems }) => problems.length > 0);
    if (broken) return ExitCode.broken;
    const isTold = people?.unknown === undefined && vault !== "unknown" && ceremonies !== "unknown" && !isUnsure;
    return isTold ? ExitCode.holds : ExitCode.unknown;
}

function sayCeremonies(progress: Progress, ceremonies: readonly Ceremony[] | "unknown", mark: Mark): void {
    if (ceremonies === "unknown") {
        progress.line("!", "vault: whether somebody makes a root token or other unseal keys cannot be told");
        return;
    }
    for (const { kind, progress: given, required, cancel } of ceremonies) {
        progress.line(mark, `vault: somebody began a ${kind}; ${given} of ${required} unseal keys are given`);
        progress.print(`  next: if no operator did: ${cancel}; more is under "Locked out" in docs/vault.md`);
    }
}

/** Names the foreign objects because of which `up` and `down` would refuse. */
function sayForeign(progress: Progress, names: readonly string[]): void {
    for (const name of names) {
        progress.line("✗", `${name}: labelled, and neither the state nor an interrupted run explains it`);
    }
    if (names.length === 0) return;
    progress.print(
        "  next: if another checkout or an older state made it, work from there; if nobody needs it, look at it with docker inspect and remove it by hand",
    );
}
