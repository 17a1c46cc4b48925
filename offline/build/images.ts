import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { cp, link, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";

import { MACHINE_FOLDER, readDebianSource, writeMachineFolder } from "./debian-source";
import { DEBIAN_RELEASE, type GoProgram, IMAGE_NAMES, type ImageName, RECIPES } from "./image-recipes";
import { runLogged } from "./run-logged";
import type { OfflineContext, Step } from "./step";

export type { ImageName } from "./image-recipes";

/** Raise it when this file makes something else from the same folders. */
const FORMAT = 1;

const GO_FLAGS = { GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" } as const;

/** What `docker import` cannot read from a Dockerfile. */
const BASE_CHANGES = [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LABEL strata.image=base",
    'CMD ["/bin/bash"]',
];

type Log = (line: string) => void;

/**
 * The reference a stack uses: `strata/<name>:<hash>`, where the hash covers the image's folder, its recipe and, through
 * the reference of the base image, everything below it.
 */
export function imageTag(context: OfflineContext, name: ImageName): string {
    const hash = createHash("sha256").update(`${String(FORMAT)} ${name}\n`);
    if (name === "base") {
        hash.update(JSON.stringify([DEBIAN_RELEASE, BASE_CHANGES, bootstrapOptions("")]));
    } else {
        const recipe = RECIPES[name];
        hash.update(JSON.stringify([recipe, recipe.fromBase ? imageTag(context, "base") : ""]));
        if (recipe.program !== undefined) {
            hash.update(programHash(context, name, recipe.program));
        }
    }
    hashFiles(hash, folderOf(context, name), (file) => !file.endsWith("_test.go"));
    return `strata/${name}:${short(hash.digest("hex"))}`;
}

/**
 * The steps that make the images, and before them the images they are made from, each once.
 *
 * @param names - which images a stack uses, in any order
 */
export function imageSteps(context: OfflineContext, names: readonly ImageName[]): Step[] {
    const wanted = new Set<ImageName>(names);
    for (const name of names) {
        if (name !== "base" && RECIPES[name].fromBase) {
            wanted.add("base");
        }
    }
    const engine = new Engine(context);
    return IMAGE_NAMES.filter((name) => wanted.has(name)).map((name) => ({
        name: `image-${name}`,
        isCurrent: async () => (await engine.images()).has(imageTag(context, name)),
        run: async (log: Log) => {
            const build = new ImageBuild(context, name, log);
            await (name === "base" ? build.makeBase() : build.makeFromDockerfile(name));
            engine.forget();
        },
    }));
}

/** What the engine has, asked once for all steps. */
class Engine {
    private listing: Promise<ReadonlySet<string>> | undefined;

    constructor(private readonly context: OfflineContext) {}

    /** @throws Error when the engine does not answer: then nothing is known about its images */
    images(): Promise<ReadonlySet<string>> {
        this.listing ??= this.list();
        return this.listing;
    }

    forget(): void {
        this.listing = undefined;
    }

    private async list(): Promise<ReadonlySet<string>> {
        const format = ["image", "ls", "--filter", "reference=strata/*", "--format", "{{.Repository}}:{{.Tag}}"];
        const { stdout } = await promisify(execFile)("docker", format, { env: this.context.environment });
        return new Set(stdout.split("\n").filter((line) => line !== ""));
    }
}

/** One run of one step. */
class ImageBuild {
    private readonly tag: string;
    private readonly cache: string;
    private readonly logFile: string;

    constructor(
        private readonly context: OfflineContext,
        private readonly name: ImageName,
        private readonly log: Log,
    ) {
        this.tag = imageTag(context, name);
        this.cache = join(context.cache, "images", name);
        this.logFile = join(context.cache, "logs", `image-${name}-${new Date().toISOString().replaceAll(":", "")}.log`);
    }

    /** Debian's smallest system, kept as an archive so that another engine gets it in a second. */
    async makeBase(): Promise<void> {
        const archive = await this.keep(this.tag.split(":")[1] ?? "", "rootfs.tar", async (file) => {
            const source = await readDebianSource(this.context, DEBIAN_RELEASE);
            const options = source.options.split("\n").filter((line) => line !== "");
            await this.run("mmdebstrap", [
                ...bootstrapOptions(folderOf(this.context, "base")),
                ...options.map((line) => `--aptopt=${line.replace(/;$/, "")}`),
                DEBIAN_RELEASE,
                file,
                ...source.lines,
            ]);
        });
        const changes = BASE_CHANGES.flatMap((change) => ["--change", change]);
        await this.run("docker", ["import", ...changes, archive, this.tag]);
        await this.run("docker", ["tag", this.tag, latestTag(this.name)]);
    }

    async makeFromDockerfile(name: Exclude<ImageName, "base">): Promise<void> {
        const recipe = RECIPES[name];
        await mkdir(this.cache, { recursive: true });
        const files = await mkdtemp(join(this.cache, "context-"));
        try {
            await cp(folderOf(this.context, name), files, {
                recursive: true,
                filter: (path) => !isGoSource(path),
            });
            if (recipe.program !== undefined) {
                // A link, not a copy: some programs have several hundred MiB.
                await link(await this.compile(name, recipe.program), join(files, name));
            }
            if (recipe.debianPackages) {
                await writeMachineFolder(await readDebianSource(this.context, DEBIAN_RELEASE), files);
            }
            await this.buildImage(files, recipe.fromBase);
        } finally {
            await rm(files, { recursive: true, force: true });
        }
        // Build stages hold packages twice and the machine's mirror settings. Only ours, and only those without a name.
        await this.run("docker", ["image", "prune", "--force", "--filter", "label=strata.stage=build"]);
    }

    private async buildImage(files: string, fromBase: boolean): Promise<void> {
        const parameters = ["build", "--force-rm", "--label", `strata.image=${this.name}`];
        parameters.push("--tag", this.tag, "--tag", latestTag(this.name));
        if (fromBase) {
            parameters.push("--build-arg", `BASE=${imageTag(this.context, "base")}`);
        }
        if (existsSync(join(files, MACHINE_FOLDER))) {
            // The host's network, because a mirror or a proxy may listen on the host's loopback address only.
            parameters.push("--network", "host");
            for (const variable of ["http_proxy", "https_proxy", "no_proxy"]) {
                if (this.context.environment[variable] !== undefined) {
                    parameters.push("--build-arg", variable);
                }
            }
        }
        await this.run("docker", [...parameters, files], { environment: { BUILDKIT_PROGRESS: "plain" } });
    }

    private async compile(name: ImageName, program: GoProgram): Promise<string> {
        const folder = folderOf(this.context, name);
        const variables = Object.entries(program.variables ?? {}).map(
            ([variable, value]) => ` -X ${variable}=${value}`,
        );
        const linker = `-s -w${variables.join("")}`;
        return this.keep(programHash(this.context, name, program), name, (file) =>
            this.run("go", ["build", "-trimpath", "-ldflags", linker, "-o", file, program.package], {
                folder,
                environment: GO_FLAGS,
            }),
        );
    }

    /** Returns a file of the cache, making it first if it is missing. It appears as a whole or not at all. */
    private async keep(hash: string, file: string, make: (path: string) => Promise<void>): Promise<string> {
        const target = join(this.cache, hash, file);
        if (existsSync(target)) {
            this.log(`from the cache: ${target}`);
            return target;
        }
        await mkdir(dirname(target), { recursive: true });
        const partial = join(dirname(target), `partial-${String(process.pid)}-${file}`);
        try {
            await make(partial);
            await rename(partial, target);
        } finally {
            await rm(partial, { force: true });
        }
        return target;
    }

    private run(
        command: string,
        parameters: readonly string[],
        extra: { folder?: string; environment?: NodeJS.ProcessEnv } = {},
    ): Promise<void> {
        return runLogged({
            step: `image-${this.name}`,
            command,
            parameters,
            ...(extra.folder === undefined ? {} : { folder: extra.folder }),
            environment: { ...this.context.environment, ...extra.environment },
            logFile: this.logFile,
            log: this.log,
        });
    }
}

/** Options of `mmdebstrap`; the sources and the machine's own options come behind them. */
function bootstrapOptions(folder: string): string[] {
    return [
        "--variant=minbase",
        "--include=ca-certificates",
        `--dpkgopt=${join(folder, "dpkg.conf")}`,
        `--customize-hook=copy-in ${join(folder, "install-packages")} ${join(folder, "strip-privileges")} /usr/local/sbin`,
        // What the machine said about its mirror stays on the machine, and so do the package lists.
        '--customize-hook=cd "$1/etc/apt" && rm -f apt.conf.d/99mmdebstrap sources.list sources.list.d/*',
        '--customize-hook=rm -rf "$1"/var/lib/apt/lists/*',
        '--skip=cleanup/apt/lists',
    ];
}

/** Identifies a compiled program: its sources, its pinned modules and how it is built. */
function programHash(context: OfflineContext, name: ImageName, program: GoProgram): string {
    const hash = createHash("sha256").update(
        JSON.stringify([FORMAT, program, GO_FLAGS, process.platform, process.arch]),
    );
    hashFiles(hash, folderOf(context, name), (file) => isGoSource(file) && !file.endsWith("_test.go"));
    return short(hash.digest("hex"));
}

function hashFiles(hash: ReturnType<typeof createHash>, folder: string, included: (file: string) => boolean): void {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && included(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
    for (const file of files) {
        const executable = (statSync(file).mode & 0o100) !== 0;
        const content = createHash("sha256").update(readFileSync(file)).digest("hex");
        hash.update(`${relative(folder, file)} ${String(executable)} ${content}\n`);
    }
}

function isGoSource(file: string): boolean {
    const name = basename(file);
    return name.endsWith(".go") || name === "go.mod" || name === "go.sum";
}

function folderOf(context: OfflineContext, name: ImageName): string {
    return join(context.projectRoot, "offline", "images", name);
}

function latestTag(name: ImageName): string {
    return `strata/${name}:offline`;
}

function short(digest: string): string {
    return digest.slice(0, 12);
}
