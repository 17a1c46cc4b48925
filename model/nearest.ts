/**
 * The known name that a mistyped one most likely meant, or `undefined` when none is close.
 *
 * Close means at most a third of the typed name has to change, so `domian` finds `domain` and `foo` finds nothing.
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
    const limit = Math.max(1, Math.floor(typed.length / 3));
    let best: string | undefined;
    let bestDistance = limit + 1;
    for (const candidate of known) {
        const distance = editDistance(typed, candidate);
        if (distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}

/** The distance between two words: insertions, deletions, replacements and swaps of neighbours, each counted as one. */
function editDistance(a: string, b: string): number {
    let beforePrevious: number[] = [];
    let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
    for (let row = 1; row <= a.length; row++) {
        const current = [row];
        for (let column = 1; column <= b.length; column++) {
            const replaced = at(previous, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
            const swap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
            const swapped = swap ? at(beforePrevious, column - 2) + 1 : Infinity;
            current.push(Math.min(replaced, swapped, at(previous, column) + 1, at(current, column - 1) + 1));
        }
        [beforePrevious, previous] = [previous, current];
    }
    return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
    return row[column] ?? Infinity;
}

/** `did you mean "x"? ` or an empty string: the beginning of a next step. */
export function suggestion(typed: string, known: readonly string[]): string {
    const name = nearest(typed, known);
    return name === undefined ? "" : `did you mean "${name}"? `;
}
