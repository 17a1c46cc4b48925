/** The consent of a person to an update. Throw-away environments need none. */

import { isThrowaway } from "../../model/environments";
import { Failure, npmRun } from "../failure";
import type { Progress } from "../output/progress";
import { ask, type Terminal, terminalOf } from "../output/question";
import { refuseClashes } from "../pulumi/clashes";
import { changesText } from "../pulumi/counts";
import type { UpdateView } from "../pulumi/events";
import { type PlanLine, planText } from "../pulumi/plan";
import type { ProtectedData } from "../pulumi/state-data";
import type { Declaration } from "../stacks/declaration";

/** What a person may say about an update beforehand. */
export interface ConsentOptions {
    /** Do it without a question. */
    readonly yes?: boolean;
    /** Names of resources that may be deleted with their data, as the plan shows them. */
    readonly deleteData?: readonly string[];
    readonly json?: boolean;
}

/** What a command does besides the update. */
export interface Besides {
    /** Lines that are shown above the plan. */
    readonly says: readonly string[];
    /** Resources whose deletion is the command's purpose: they need no `--delete-data`. */
    readonly deletes: readonly Pick<ProtectedData, "urn">[];
}

/** The consent to one update. */
export class Consent {
    /** Whether a person has to say yes before anything changes. */
    readonly isNeeded: boolean;
    /** The end of a refusal's message: what was changed before it. */
    private outcome = "nothing was changed";

    /**
     * @param environment - name of the environment
     * @param command - what the person typed, for the next step: the npm script and its words
     * @param terminal - where a person can be asked
     */
    constructor(
        private readonly environment: string,
        private readonly command: readonly [script: string, ...words: string[]],
        private readonly options: ConsentOptions,
        private readonly progress: Progress,
        private readonly terminal: Terminal | undefined = terminalOf(options),
    ) {
        this.isNeeded = !isThrowaway(environment);
    }

    /** To be called when a part was done with consent. Later refusals then say "nothing more was changed". */
    begun(): void {
        this.outcome = "nothing more was changed";
    }

    /**
     * Shows the plan and asks for consent. Without a question to ask, it leaves out what the update creates.
     *
     * @param view - of a preview
     * @throws Failure without a yes, when data would be deleted that `--delete-data` does not name, or when two resources would
     * have the same place
     */
    async toUpdate(view: UpdateView, { says, deletes }: Besides = { says: [], deletes: [] }): Promise<void> {
        const lines = view.plan;
        const shown = this.isNeeded ? lines : lines.filter(({ action }) => action !== "create");
        says.forEach((text) => this.progress.line("!", text));
        showPlan(this.progress, view, shown);
        refuseClashes(view.clashes, this.outcome);
        if (!this.isNeeded || (!view.hasChanges && says.length === 0)) return;
        this.refuseLoss(lines.filter(({ urn }) => !deletes.some((one) => one.urn === urn)));
        if (this.options.yes) return;
        await this.yes(`${this.environment} would be changed (${changesText(view.counts)})`);
    }

    /** Checks that the declaration is still the one that was planned and agreed to. @throws Failure when it has changed */
    holdsFor(declaration: Pick<Declaration, "refuseChanged">): void {
        declaration.refuseChanged(this.outcome);
    }

    private refuseLoss(lines: readonly PlanLine[]): void {
        const going = lines.filter(({ losesData, name }) => losesData && !this.options.deleteData?.includes(name));
        if (going.length === 0) return;
        throw new Failure(
            `data of ${this.environment} would go (${going.map(({ kind, name }) => `${kind} ${name}`).join(", ")}); ${this.outcome}`,
            `change the declaration; if it is meant: ${this.again("--delete-data", ...going.map(({ name }) => `'${name}'`))}`,
        );
    }

    private again(...options: readonly string[]): string {
        const [script, ...words] = this.command;
        return npmRun(script, this.environment, ...words, ...options);
    }

    private async yes(what: string): Promise<void> {
        if (!this.terminal) {
            throw new Failure(
                `${what}, and nobody said yes; ${this.outcome}`,
                `read the plan above; then: ${this.again("--yes")}`,
            );
        }
        const answer = await ask(`${what}. Go on? Only yes goes on: `, this.terminal);
        if (answer?.toLowerCase() === "yes" || answer?.toLowerCase() === "y") return;
        throw new Failure(`${what}, and the answer was not yes; ${this.outcome}`, "run it again");
    }
}

/** Prints a plan, and the policies that could not judge values yet. */
export function showPlan(progress: Progress, view: UpdateView, lines: readonly PlanLine[]): void {
    planText(lines).forEach(({ mark, text }) => progress.line(mark, text));
    if (view.unchecked.size > 0) {
        const names = [...view.unchecked].sort().join(", ");
        progress.line("·", `policies that are checked again during the update, when their values are known: ${names}`);
    }
}
