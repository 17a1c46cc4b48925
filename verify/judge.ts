/** Turns answers into verdicts. Pure, and the only place that decides. */

import type { Answer, Answers } from "../engine/probe";
import { NO_NAME_SERVER } from "../model/name-servers";
import { addressOf, type Cell, HOST } from "./cells";
import type { JudgedCell, Verdict } from "./report";

type Judgement = Pick<JudgedCell, "verdict" | "reason">;

const HOLDS: Judgement = { verdict: "holds" };

/** The answer does not come from the target; see the decoys in `cells.ts`. */
const ELSEWHERE: Judgement = {
    verdict: "holds",
    reason: "another network of this machine has the zone's addresses: an address that no container has answers, too",
};

/**
 * Judges every cell.
 *
 * Silence counts as isolation only if the source reaches a target that it may reach, and another source finds the silent target
 * listening. Otherwise the verdict is `could not tell`.
 *
 * @param sources - answers by container
 */
export function judge(cells: readonly Cell[], sources: ReadonlyMap<string, Answers>): JudgedCell[] {
    const asked = cells.map((cell) => ({ cell, answer: answerOf(cell, sources) }));
    const isOpen = (answer: Answer | undefined): boolean => answer?.verdict === "open";
    /** Addresses and ports that some source with permission reached: a program listens there. */
    const listening = new Set(
        asked
            .filter(({ cell, answer }) => cell.expectation !== "must not" && isOpen(answer))
            .map(({ cell }) => `${cell.address}:${cell.port}`),
    );
    /** Sources, zones and ports for which an unused address answered. */
    const answeredAnyway = new Set(
        asked
            .filter(({ cell, answer }) => cell.expectation === "decoy" && hasAnswered(answer))
            .map(({ cell }) => pathOf(cell)),
    );
    const working = new Map(
        [...new Set(cells.map(({ container }) => container))].map((container) => {
            const own = asked.filter(({ cell }) => cell.container === container);
            const partners = own.filter(({ cell }) => cell.to !== HOST && isAllowedCell(cell));
            // A service that may reach no other service shows with its own port that the probe works.
            const controls = partners.length > 0 ? partners : own.filter(({ cell }) => cell.expectation === "control");
            return [container, controls.some(({ answer }) => isOpen(answer))] as const;
        }),
    );

    const names: NameControls = {
        serving: new Set(
            asked
                .filter(
                    ({ cell, answer }) => cell.protocol === "dns" && cell.expectation === "control" && isNamed(answer),
                )
                .map(({ cell }) => cell.container),
        ),
        isHeard: asked.some(({ cell, answer }) => cell.expectation === "heard" && isNamed(answer)),
    };

    return asked.map(({ cell, answer }) => {
        const source = sources.get(cell.container);
        if (cell.protocol === "dns" && answer !== undefined) {
            return { ...cell, observed: answer.verdict, status: undefined, ...judgeName(cell, answer, names) };
        }
        const judgement =
            answer === undefined || answer.verdict === "failed"
                ? unknown(source !== undefined && "problem" in source ? source.problem : "the attempt itself failed")
                : judgeCell(cell, answer, {
                      source: working.get(cell.container) === true,
                      target: cell.to === HOST || listening.has(`${cell.address}:${cell.port}`),
                      elsewhere: answeredAnyway.has(pathOf(cell)),
                  });
        return { ...cell, observed: answer?.verdict, status: answer?.status, ...judgement };
    });
}

interface NameControls {
    /** Containers that got an answer for their own names. */
    readonly serving: ReadonlySet<string>;
    /** Some container with a way out got an answer for an outside name. */
    readonly isHeard: boolean;
}

/** Whether a name server answered. A server that denies a name has received the query, too. */
function isNamed(answer: Answer | undefined): boolean {
    return answer?.verdict === "resolved" || answer?.verdict === "unresolved";
}

function judgeName(cell: Cell, answer: Answer, { serving, isHeard }: NameControls): Judgement {
    switch (cell.expectation) {
        case "heard":
            return HOLDS;
        case "unheard":
            if (isNamed(answer)) {
                return broken(`a name server outside its zones heard of it and answered (${answer.verdict})`);
            }
            if (!serving.has(cell.container)) {
                return unknown("no answer, but the engine did not answer for the source's own name either");
            }
            if (isHeard) {
                return HOLDS;
            }
            return cell.nameServers?.length === 1 && cell.nameServers[0] === NO_NAME_SERVER
                ? { verdict: "holds", reason: BY_SETTING }
                : unknown("no answer, but no source found a name server that answers");
        default:
            return isNamed(answer) ? HOLDS : unknown(`the engine does not answer for its own name (${answer.verdict})`);
    }
}

/** When outside names get no answer anywhere, silence proves nothing. The container's setting decides instead. */
const BY_SETTING =
    "judged by the container's own setting: no name server answers here, not even a service that may ask it";

interface Controls {
    /** The source reaches a target that it may reach. */
    readonly source: boolean;
    /** The target listens. */
    readonly target: boolean;
    /** Answers for the target's zone come from another network. */
    readonly elsewhere: boolean;
}

function judgeCell(cell: Cell, answer: Answer, controls: Controls): Judgement {
    switch (cell.expectation) {
        case "control":
            return answer.verdict === "open" ? HOLDS : unknown(`nothing listens there (${answer.verdict})`);
        case "may":
        case "decoy":
            return HOLDS;
        case "must":
            if (answer.verdict === "open") {
                return HOLDS;
            }
            return controls.source && controls.target
                ? broken(`declared, but ${answer.verdict}`)
                : unknown(`declared, but ${answer.verdict}; ${missing(controls)}`);
        case "must not":
            // A refusal comes from the target itself: the network let the packet through, and only the port is closed.
            if (hasAnswered(answer)) {
                return controls.elsewhere ? ELSEWHERE : broken(`no flow is declared, and it is ${answer.verdict}`);
            }
            return controls.source && controls.target ? HOLDS : unknown(`${answer.verdict}, but ${missing(controls)}`);
        case "forbidden":
            return judgeManagement(answer, controls);
        case "heard":
        case "unheard":
            return unknown("a name is asked of a name server, not of an address");
    }
}

function judgeManagement({ verdict, status }: Answer, controls: Controls): Judgement {
    if (status !== undefined && status > 0) {
        return status === 403 ? HOLDS : broken(`a management page answers ${status} instead of 403`);
    }
    // A page that cannot be reached is as good as a 403, if the source can connect to other targets.
    if (verdict === "refused" || verdict === "unreachable") {
        return controls.source ? HOLDS : unknown(`${verdict}, but ${missing({ source: false, target: true })}`);
    }
    return unknown(`connected, but got no HTTP answer (${verdict})`);
}

function hasAnswered(answer: Answer | undefined): boolean {
    return answer?.verdict === "open" || answer?.verdict === "refused";
}

function pathOf({ container, zone, port }: Cell): string {
    return JSON.stringify([container, zone, port]);
}

function missing({ source, target }: Pick<Controls, "source" | "target">): string {
    return [
        ...(source ? [] : ["the source reached no service, not even one that it may reach"]),
        ...(target ? [] : ["no source found the target listening"]),
    ].join(" and ");
}

function isAllowedCell({ expectation }: Cell): boolean {
    return expectation === "must" || expectation === "may";
}

function answerOf(cell: Cell, sources: ReadonlyMap<string, Answers>): Answer | undefined {
    const source = sources.get(cell.container);
    return source !== undefined && "answers" in source ? source.answers.get(addressOf(cell)) : undefined;
}

function broken(reason: string): Judgement {
    return { verdict: "broken" satisfies Verdict, reason };
}

function unknown(reason: string): Judgement {
    return { verdict: "could not tell" satisfies Verdict, reason };
}
