/**
 * Values in the spelling that the engine reads back. The provider compares text, so any other spelling would be a
 * difference at every preview.
 */

/** Seconds as a Go duration: 30 is `30s`, 60 is `1m0s`, 3600 is `1h0m0s`. */
export function goDuration(seconds: number): string {
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = seconds % 60;
    if (hours > 0) {
        return `${hours}h${minutes}m${rest}s`;
    }
    return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}

/** CPU cores with at least one digit after the point: 1 is `1.0`, 0.25 is `0.25`. */
export function cpuCount(cores: number): string {
    return Number.isInteger(cores) ? cores.toFixed(1) : String(cores);
}
