/** Plain text forms of durations, tables and symbols. Pure. */

/** `0.4 s`, `12.3 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
    const seconds = milliseconds / 1000;
    if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`: how long something has been up. */
export function uptime(milliseconds: number): string {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `512 MiB`, `23.5 GiB`. */
export function mebibytes(value: number): string {
    return value < 1024 ? `${Math.round(value)} MiB` : `${(value / 1024).toFixed(1)} GiB`;
}

/**
 * Columns aligned by their widest cell, two spaces between them, the last one unpadded.
 *
 * @param header - column titles
 * @param rows - as many cells per row as titles
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
    const all = [header, ...rows];
    const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
    return all.map((row) =>
        row
            .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
            .join("  ")
            .trimEnd(),
    );
}

/** Cuts a line to a width, with an ellipsis. */
export function fit(line: string, width: number): string {
    return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

/** A text without the passwords of the URLs in it: those of backends, mirrors and proxies may have some. */
export function withoutLogins(text: string): string {
    return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'@:]*:[^\s/"'@]+@/gi, "$1***@");
}
