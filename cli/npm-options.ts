/**
 * Options that npm kept for itself. `npm run preview --refresh` runs the script without `--refresh`: npm takes every option before
 * `--` for one of its own and hands it on as `npm_config_refresh`, with nothing but a warning.
 */

import { readFileSync } from "node:fs";

import type { Command, Option } from "commander";

import { Failure } from "./failure";

/**
 * The option that is not reported, because `npx --yes` exports it to everything that it starts. A lost `--yes` does no harm:
 * `up` then asks, or refuses.
 */
const NOT_TOLD = "yes";

/**
 * Refuses a command line of which npm kept options that the verb takes.
 *
 * @param args - words of the command line, as npm handed them on
 * @param env - of a script that npm started
 * @throws Failure with the line to type
 */
export function refuseKeptOptions(program: Command, args: readonly string[], env: NodeJS.ProcessEnv): void {
    const { npm_lifecycle_event: script, npm_lifecycle_script: line = "" } = env;
    if (script === undefined) return;
    const kept = optionsOf(program, args)
        .filter(({ long, short }) => !args.some((it) => it === short || it.split("=")[0] === long))
        .map((option) => ({ option, value: env[variableOf(option)] }))
        .filter(({ option, value }) => value && option.name() !== NOT_TOLD && !isConfigured(option.name(), env));
    if (kept.length === 0) return;
    // Nobody types the words that the script adds itself, for example `preview` of `node cli/launch.mjs preview`.
    const added = (/launch\.mjs (.+)$/.exec(line)?.[1] ?? "").split(" ").filter(Boolean);
    const words = added.every((word, index) => args[index] === word) ? args.slice(added.length) : args;
    // `--stack local`: npm took the option and left its value behind as a word, so such an option comes last.
    const whole = kept
        .filter((it) => !lacksValue(it))
        .map(({ option, value }) => (hasValue(option, value) ? `${option.long}=${value}` : option.long));
    const open = kept.filter(lacksValue).map(({ option }) => option.long);
    throw new Failure(
        `npm kept ${kept.map(({ option }) => option.long).join(", ")} for itself, so nothing was done`,
        `npm run ${script} -- ${[...whole, ...open, ...words].join(" ")}`,
    );
}

function lacksValue({ option, value }: { readonly option: Option; readonly value: string | undefined }): boolean {
    return option.required && value === "true";
}

/** Whether npm kept a value with the option. For an option without a value, npm says `true`. */
function hasValue({ required, optional }: Option, value: string | undefined): boolean {
    return required || (optional && value !== "true");
}

/** Options of the verb that the words name, and of the commands above it. */
function optionsOf(program: Command, args: readonly string[]): Option[] {
    const verb = program.commands.find((it) => it.name() === args[0]);
    return [...program.options, ...(verb ? optionsOf(verb, args.slice(1)) : [])];
}

function variableOf(option: Option): string {
    return `npm_config_${option.name().replaceAll("-", "_")}`;
}

/** Whether a file of npm's own configuration sets the option: then the user may not have typed it. */
function isConfigured(name: string, env: NodeJS.ProcessEnv): boolean {
    const files = [env["npm_config_userconfig"], env["npm_config_globalconfig"], ".npmrc"];
    return files.some((file) => file !== undefined && new RegExp(`^\\s*${name}\\s*=`, "m").test(textOf(file)));
}

function textOf(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return "";
    }
}
