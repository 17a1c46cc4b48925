/**
 * Measures how long strata and `docker compose` take with the same containers: from nothing, with nothing to do, with one container
 * missing, and to remove everything. Both take turns in one run, because the speed of a machine changes. Compare the ratio.
 *
 *     npm run bench -- [rounds] [products]      default: 3 psra
 *
 * Needs what `npm test` needs, and Go: Compose is built from the module that `compose/go.mod` pins.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { cacheFolder } from "../cli/places";
import { docker, run } from "../test/support/live-engine";
import { LiveStack } from "../test/support/live-stack";
import { type ComposeFile, composeFileOf } from "./compose-file";

const PROJECT = "strata-bench";
const ENV = "test-bench";
const COMPOSE = join(cacheFolder(), "bench", "docker-compose");

/** Measured steps, in the order in which they run. */
const STEPS = ["from nothing", "nothing to do", "one container missing", "away"] as const;
type Step = (typeof STEPS)[number];

/** strata or Compose: brings everything up, and removes everything with its data. */
interface Rival {
    readonly up: () => Promise<void>;
    readonly down: () => Promise<void>;
    /** Container that is removed before the third step. */
    readonly victim: string;
}

/** Seconds by step. */
type Times = Record<Step, number>;

async function main([rounds = "3", names = "psra"]: readonly string[]): Promise<void> {
    await succeed(
        "go",
        ["build", "-trimpath", "-o", COMPOSE, "github.com/docker/compose/v2/cmd"],
        join(__dirname, "compose"),
    );
    const stack = new LiveStack({
        name: ENV,
        addressBase: "10.240",
        port: 31900,
        config: { "strata:products": names.split(",").map((name) => ({ name })), "strata:identity": undefined },
    });
    const folder = mkdtempSync(join(tmpdir(), "strata-bench-"));
    const all: { strata: Times; compose: Times }[] = [];
    try {
        await stack.removeLeftovers();
        const strata = strataOn(stack);
        const { platform } = stack.declared();
        await strata.up();
        const file = await composeFileOf(platform, PROJECT);
        await fill(file);
        await strata.down();
        const compose = composeOn(file, join(folder, "compose.yaml"));
        for (let round = 1; round <= Number(rounds); round++) {
            all.push({ strata: await measure(strata), compose: await measure(compose) });
            print(`round ${round} of ${rounds}: ${JSON.stringify(all.at(-1))}`);
        }
        await docker(["volume", "rm", ...file.files.values()]);
    } finally {
        await stack.remove();
        rmSync(folder, { recursive: true, force: true });
    }
    report(all);
}

function strataOn(stack: LiveStack): Rival {
    const verb = async (...args: [string, ...string[]]): Promise<void> => {
        const { code, stdout, stderr } = await stack.strata(...args);
        if (code !== 0) throw new Error(`strata ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
    };
    return {
        up: () => verb("up"),
        down: () => verb("down", "--volumes", "--confirm", ENV),
        victim: `${ENV}-psra-web`,
    };
}

function composeOn({ document }: ComposeFile, path: string): Rival {
    writeFileSync(path, stringify(document, { aliasDuplicateObjects: false }));
    const compose = (...args: string[]): Promise<void> => succeed(COMPOSE, ["--file", path, ...args]);
    return {
        up: () => compose("up", "--detach", "--wait"),
        down: () => compose("down", "--volumes", "--timeout", "10"),
        victim: "compose-psra-web",
    };
}

async function measure({ up, down, victim }: Rival): Promise<Times> {
    const first = await seconds(up);
    const second = await seconds(up);
    await docker(["rm", "--force", victim]);
    return {
        "from nothing": first,
        "nothing to do": second,
        "one container missing": await seconds(up),
        away: await seconds(down),
    };
}

async function seconds(work: () => Promise<void>): Promise<number> {
    const started = performance.now();
    await work();
    return Math.round((performance.now() - started) / 100) / 10;
}

/** Copies the files that strata wrote into Compose's own volumes. */
async function fill({ files }: ComposeFile): Promise<void> {
    for (const [from, to] of files) {
        await docker(["volume", "create", to]);
        const mounts = ["--volume", `${from}:/from:ro`, "--volume", `${to}:/to`];
        const [image] = (await docker(["images", "--filter", "reference=strata.invalid/postgres", "--quiet"])).split(
            "\n",
        );
        await docker([
            "run",
            "--rm",
            "--network",
            "none",
            "--user",
            "0",
            ...mounts,
            "--entrypoint",
            "cp",
            image ?? "",
            "-a",
            "/from/.",
            "/to",
        ]);
    }
}

async function succeed(command: string, args: readonly string[], cwd?: string): Promise<void> {
    const { code, stdout, stderr } = await run(command, args, { timeout: 1_200_000, ...(cwd && { cwd }) });
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
}

function report(all: readonly { strata: Times; compose: Times }[]): void {
    print(`medians of ${all.length} rounds`);
    for (const step of STEPS) {
        const strata = median(all.map((round) => round.strata[step]));
        const compose = median(all.map((round) => round.compose[step]));
        const ratio = median(all.map((round) => round.strata[step] / round.compose[step]));
        print(
            `${step.padEnd(24)} strata ${strata.toFixed(1)} s   compose ${compose.toFixed(1)} s   ratio ${ratio.toFixed(2)}`,
        );
    }
}

function print(line: string): void {
    process.stdout.write(`${line}\n`);
}

function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
});
