/** Plans as Markdown for pull requests and issues. They show names only, because values may be secret. Pure. */

import { type Failure, npmRun } from "../failure";
import { changesOf, changesText } from "../pulumi/counts";
import { type PlanLine, planText } from "../pulumi/plan";
import type { OpenCause } from "./github";

/** A plan as Markdown: one line for each resource, in the order of the terminal. */
export function planReport(stack: string, lines: readonly PlanLine[]): string {
    if (lines.length === 0) return `### ${stack}: no changes\n`;
    const shown = planText(lines).map(({ mark, text }) => `${mark} ${text}`);
    return `### ${stack}: ${changesText(changesOf(lines))}\n\n${fenced("diff", shown)}`;
}

/** A failed preview as Markdown: why there is no plan. */
export function failureReport(stack: string, { message, details, next }: Failure): string {
    return `### ${stack}: no plan\n\n${fenced("text", [message, ...details, `next: ${next}`])}`;
}

/** The prefix of all drift subjects of a stack. */
export function driftFamily(stack: string): string {
    return `drift ${stack} `;
}

/** One cause for each resource that is not as declared. Its URN is the subject: two resources may have the same kind and name. */
export function driftCauses(stack: string, lines: readonly PlanLine[]): OpenCause[] {
    return lines.map((line) => ({
        subject: `${driftFamily(stack)}${line.urn}`,
        title: `Drift in ${stack}: ${line.kind} ${line.name}`,
        text: [
            `An update of ${stack} would change this, although nobody changed its declaration:`,
            "",
            fenced(
                "diff",
                planText([line]).map(({ mark, text }) => `${mark} ${text}`),
            ),
            `Put it back with \`${npmRun("up", stack, "--refresh")}\`, or declare it as it is now.`,
            "",
        ].join("\n"),
    }));
}

/** A fenced block. Its fence is longer than any in the text, so that no name can end it. */
function fenced(language: string, lines: readonly string[]): string {
    const text = lines.join("\n");
    const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = "`".repeat(longest + 1);
    return `${fence}${language}\n${text}\n${fence}\n`;
}
