/**
 * What a command does to an environment besides `pulumi up`: collected before the plan, shown with the plan, and done after consent.
 * See `docs/adr/0017-deeds-wait-for-consent.md`.
 */

import type { Engine } from "../../engine/engine";
import { Failure } from "../failure";
import type { Progress } from "../output/progress";
import type { Session } from "../session";
import type { Declared } from "../stacks/platform";
import type { Pulumi } from "./pulumi";
import { releaseLock } from "./recover";
import type { KnownState } from "./state";
import type { ProtectedData } from "./state-data";

/** A session before consent. It offers nothing that changes the stack's state or the environment's objects. */
export interface Onlooker extends Pick<Session, "stack" | "dockerEnv"> {
    readonly declared: Declared;
    readonly engine: Pick<Engine, "docker" | "volumesNamed">;
    readonly pulumi: Pick<Pulumi, "state" | "exported">;
}

/** A change that is made only after consent. */
export interface Deed {
    /** Lines for the plan. */
    readonly says: readonly string[];
    /** Changes what is outside the state, after consent and before {@link Deed.toState}. */
    readonly elsewhere?: (session: Session) => Promise<void>;
    /**
     * Changes the state: a copy of it for the plan, and after consent the state itself.
     *
     * @returns more arguments of the preview and of the update that follow
     */
    readonly toState?: (session: Session) => Promise<readonly string[]>;
}

/** What a command does besides a plain update. */
export interface Undertaking {
    readonly deeds: readonly Deed[];
    /** More arguments of the preview and of the update. */
    readonly args: readonly string[];
    /** Data whose deletion is the command's purpose: it may go, as if `--delete-data` named it. */
    readonly deletes: readonly ProtectedData[];
}

/** Works out what a command does, and refuses what cannot be done. It can only look. */
export type Begin = (onlooker: Onlooker, state: KnownState) => Promise<Undertaking>;

/** The undertaking of a command that is an update and nothing else. */
export const NOTHING_ELSE: Undertaking = { deeds: [], args: [], deletes: [] };

/** The deeds of one run. */
export class Deeds {
    /** The state that the plan was made from, as text. */
    private planned: string | undefined;

    constructor(
        private readonly session: Session,
        private readonly deeds: readonly Deed[],
    ) {}

    /** Lines for the plan. */
    get says(): string[] {
        return this.deeds.flatMap(({ says }) => says);
    }

    /** Whether the command is an update and nothing else. */
    get areNone(): boolean {
        return this.deeds.length === 0;
    }

    /** Whether the plan is made on a copy. */
    get changeState(): boolean {
        return this.deeds.some(({ toState }) => toState !== undefined);
    }

    /**
     * Works on a copy of the state, changed as the deeds will change it. The state itself stays as it is.
     *
     * @param work - is given a session on the copy, and the arguments that the deeds add
     */
    async foresee<T>(work: (session: Session, args: readonly string[]) => Promise<T>): Promise<T> {
        if (!this.changeState) return work(this.session, []);
        const { pulumi } = this.session;
        const exported = await pulumi.exported();
        this.planned = JSON.stringify(exported);
        return pulumi.onCopy(exported, async (copy) => {
            const session = { ...this.session, pulumi: copy };
            return work(session, await this.changeStateOf(session));
        });
    }

    /**
     * Does the deeds. Only after consent.
     *
     * @returns arguments that they add to the update
     * @throws Failure, with everything as it was, when another run works on the stack or has worked on it since the plan was made
     */
    async fulfil(progress: Progress): Promise<readonly string[]> {
        if (this.areNone) return [];
        const { stack, pulumi } = this.session;
        await releaseLock(this.session, progress);
        if (this.changeState && JSON.stringify(await pulumi.exported()) !== this.planned) {
            throw new Failure(
                `the state of ${stack.name} has changed since the plan was made; this run changed nothing`,
                "run it again: the plan is made anew",
            );
        }
        for (const { elsewhere } of this.deeds) await elsewhere?.(this.session);
        return this.changeStateOf(this.session);
    }

    private async changeStateOf(session: Session): Promise<string[]> {
        const args: string[] = [];
        for (const { toState } of this.deeds) args.push(...((await toState?.(session)) ?? []));
        return args;
    }
}
