/** What GitHub takes as a comment or issue. Pure. */

/** GitHub refuses more than 65,536 characters with 422; counted here in bytes, which are never fewer. */
export const BODY_LIMIT = 65_536;

/** Characters of an issue's title. */
const TITLE_LIMIT = 256;

/**
 * A text that fits: whole lines from its beginning, where a report has its heading and what loses data, with every fence closed
 * and the number of lines that are left out.
 *
 * @param limit - bytes
 */
export function shorten(text: string, limit: number): string {
    if (Buffer.byteLength(text) <= limit) return text;
    const lines = text.split("\n");
    const kept: string[] = [];
    let fence: string | undefined;
    let size = 0;
    for (const line of lines) {
        const after = fenceAfter(fence, line);
        const next = size + Buffer.byteLength(line) + 1;
        if (next + Buffer.byteLength(ending(lines.length, after)) > limit) break;
        kept.push(line);
        [fence, size] = [after, next];
    }
    return `${kept.map((line) => `${line}\n`).join("")}${ending(lines.length - kept.length, fence)}`;
}

function ending(count: number, fence: string | undefined): string {
    return `${fence === undefined ? "" : `${fence}\n`}\n${count} more lines do not fit here: the job's log has all of them.\n`;
}

/** The fence that is open after a line; only one as long as the first ends it. */
function fenceAfter(open: string | undefined, line: string): string | undefined {
    const ticks = /^`{3,}/.exec(line)?.[0];
    if (ticks === undefined) return open;
    if (open === undefined) return ticks;
    return line.trimEnd() === ticks && ticks.length >= open.length ? undefined : open;
}

/** A title that fits. */
export function shortenTitle(title: string): string {
    const characters = [...title];
    return characters.length <= TITLE_LIMIT ? title : `${characters.slice(0, TITLE_LIMIT - 1).join("")}…`;
}
