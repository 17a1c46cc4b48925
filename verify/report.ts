/** The isolation probe's report, as data and as lines for a person. Pure. */

import type { Observed } from "../engine/probe";
import { type Cell, type Expectation, HOST, NOBODY } from "./cells";

/** The three results of a check. A check that could not be made never counts as good. */
export type Verdict = "holds" | "broken" | "could not tell";

/** A cell with its answer and verdict. */
export interface JudgedCell extends Cell {
    /** `undefined` when the source could not be probed at all. */
    readonly observed: Observed | undefined;
    /** HTTP status, where one was asked for and answered. */
    readonly status?: number | undefined;
    readonly verdict: Verdict;
    /** Reason for the verdict; missing where the cell holds without remark. */
    readonly reason?: string;
}

/** A difference from the declaration, from a cell or from another check. */
export interface Finding {
    /** `noted` does not count: the finding is about a container that isolation on the machine cannot contain. */
    readonly verdict: Exclude<Verdict, "holds"> | "noted";
    /** Service or container it is about. */
    readonly subject: string;
    readonly text: string;
    /** The command that removes the cause, where one exists. */
    readonly next?: string;
}

/** The whole result of the isolation probe. */
export interface IsolationReport {
    readonly environment: string;
    /** The engine that was asked. */
    readonly engine: string;
    /** Addresses that were not probed because this machine does not know them, in words. Missing when all were probed. */
    readonly unasked?: string;
    /** The worst of all cells and findings that count; `broken` is worse than `could not tell`. */
    readonly verdict: Verdict;
    /** Containers that were probed from. */
    readonly sources: number;
    /** Ordered pairs of containers that were asked about. */
    readonly pairs: number;
    readonly cells: readonly JudgedCell[];
    /** Cells by expectation. */
    readonly counts: Readonly<Record<Expectation, number>>;
    /** Differences from the declaration: `broken` first, then `could not tell`, then `noted`. */
    readonly findings: readonly Finding[];
    /** Duration of the probe in milliseconds. */
    readonly milliseconds: number;
}

export function makeReport(
    subject: Pick<IsolationReport, "environment" | "engine" | "unasked">,
    cells: readonly JudgedCell[],
    attachments: readonly Finding[],
    milliseconds: number,
): IsolationReport {
    const findings = [...attachments, ...cells.flatMap(findingOf)].sort((a, b) => rank(b.verdict) - rank(a.verdict));
    const counts: Record<Expectation, number> = {
        must: 0,
        may: 0,
        "must not": 0,
        forbidden: 0,
        control: 0,
        decoy: 0,
        heard: 0,
        unheard: 0,
    };
    for (const { expectation } of cells) {
        counts[expectation]++;
    }
    const betweenContainers = cells.filter(
        ({ expectation, to, protocol }) =>
            expectation !== "control" && protocol === undefined && to !== HOST && to !== NOBODY,
    );
    return {
        ...subject,
        // Without cells nothing is known, unless another finding counts.
        verdict: counting({ findings })[0]?.verdict ?? (cells.length === 0 ? "could not tell" : "holds"),
        sources: new Set(cells.map(({ container }) => container)).size,
        pairs: new Set(betweenContainers.map(({ container, to }) => JSON.stringify([container, to]))).size,
        cells,
        counts,
        findings,
        milliseconds,
    };
}

/** The report for a terminal: the verdict, the number of checks, and each finding. One line when nothing runs. */
export function describeReport(report: IsolationReport): string[] {
    const { counts, findings } = report;
    const noted = findings.length - counting(report).length;
    const beside = noted > 0 ? `, with ${noted} noted` : "";
    const headline = `isolation of ${report.environment} on ${report.engine}: ${report.verdict}${beside}`;
    const said = findings.map(({ verdict, text }) => `  ${verdict}: ${text}`);
    if (report.cells.length === 0) {
        return findings.length === 1 ? [`${headline}: ${findings[0]!.text}`] : [headline, ...said];
    }
    const seconds = (report.milliseconds / 1000).toFixed(1);
    const remarks = [
        ...new Set(report.cells.flatMap(({ verdict, reason }) => (verdict === "holds" && reason ? [reason] : []))),
    ];
    return [
        headline,
        `  ${report.sources} containers, ${report.pairs} ordered pairs, ${report.cells.length} cells in ${seconds} s: ` +
            `${counts.must} declared flows, ${counts.may} within them, ${counts["must not"]} undeclared, ` +
            `${counts.forbidden} management pages, ${counts.unheard} outside names, ` +
            `${counts.control + counts.decoy + counts.heard} controls`,
        ...(report.unasked === undefined ? [] : [`  not asked: ${report.unasked}`]),
        ...remarks.map(
            (remark) => `  ${report.cells.filter(({ reason }) => reason === remark).length} cells hold: ${remark}`,
        ),
        ...said,
    ];
}

function findingOf(cell: JudgedCell): Finding[] {
    const { verdict, from, to, zone, address, port, reason } = cell;
    if (verdict === "holds") {
        return [];
    }
    if (cell.protocol === "dns") {
        return [{ verdict, subject: from, text: `${from} -> name ${address}: ${reason ?? verdict}` }];
    }
    const where = zone === undefined ? address : `${address} in ${zone}`;
    return [{ verdict, subject: from, text: `${from} -> ${to} port ${port} (${where}): ${reason ?? verdict}` }];
}

/** A finding that counts. */
type Counting = Finding & { readonly verdict: Verdict };

/** The findings of a report that count. */
export function counting({ findings }: Pick<IsolationReport, "findings">): Counting[] {
    return findings.filter((it): it is Counting => it.verdict !== "noted");
}

function rank(verdict: Finding["verdict"]): number {
    return ["noted", "could not tell", "broken"].indexOf(verdict);
}
