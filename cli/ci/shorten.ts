/** Shortens texts to GitHub's limits for comments and issues. Pure. */

/**
 * Longest body of a comment or issue, in bytes. GitHub answers 422 to more than 65,536 characters, and a text never has fewer
 * bytes than characters.
 */
export const BODY_LIMIT = 65_536;

/** Longest title of an issue, in characters. */
const TITLE_LIMIT = 256;

/**
 * Shortens a text to the limit. It keeps whole lines from the beginning, where a report has its heading and what loses data.
 * It closes an open fence and adds the number of lines that are left out.
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

/** The fence that is open after a line. Only a fence that is at least as long ends it. */
function fenceAfter(open: string | undefined, line: string): string | undefined {
    const ticks = /^`{3,}/.exec(line)?.[0];
    if (ticks === undefined) return open;
    if (open === undefined) return ticks;
    return line.trimEnd() === ticks && ticks.length >= open.length ? undefined : open;
}

/** Shortens a title to GitHub's limit. */
export function shortenTitle(title: string): string {
    const characters = [...title];
    return characters.length <= TITLE_LIMIT ? title : `${characters.slice(0, TITLE_LIMIT - 1).join("")}…`;
}
