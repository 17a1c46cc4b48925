import { createHash } from "node:crypto";
import { cp, link, readFile, rename, rm } from "node:fs/promises";
import { basename, extname, join } from "node:path";

import { readDebianSource, writeMachineFolder } from "./debian-source";
import { buildFlags, compile, goEnvironment } from "./go";
import { DEBIAN_RELEASE, type GoProgram, type ImageRecipe, isGoSource, isRecipe, programsOf } from "./image-recipes";
import { execute, type ImageTask, keepPart, latestTag, partsOf, stepOf } from "./image-task";
import { MODULE_COPIES, withModuleCopies } from "./module-copies";
import { makeNodeService } from "./node-service";
import { logFile } from "./toolchain";

export interface DockerfileTask extends ImageTask {
    readonly recipe: ImageRecipe;
    /** Identifies a compiled program of the image. */
    readonly programHash: (program: GoProgram) => string;
    /** Identifies a Node service in its folder. */
    readonly serviceHash: (folder: string) => string;
    /** Reference of the base image, when the Dockerfile names it. */
    readonly base: string | undefined;
}

/** Makes an image from its folder and its programs. */
export async function makeFromDockerfile(task: DockerfileTask): Promise<void> {
    const programs: [file: string, path: string][] = [];
    for (const [file, program] of Object.entries(programsOf(task.name, task.recipe))) {
        programs.push([file, await compileProgram(task, file, program)]);
    }
    const archive = await downloadArchive(task);
    const { service } = task.recipe;
    const made = service === undefined ? undefined : await makeNodeService(task, service, task.serviceHash(service));
    const files = join(partsOf(task), "context");
    await rm(files, { recursive: true, force: true });
    try {
        const forDocker = (path: string): boolean =>
            !isGoSource(basename(path)) && !isRecipe(basename(path)) && path !== join(task.folder, MODULE_COPIES);
        await cp(task.folder, files, { recursive: true, filter: forDocker });
        // A link, not a copy: some programs have several hundred MiB.
        for (const [file, path] of programs) await link(path, join(files, file));
        if (made !== undefined) await cp(made, files, { recursive: true });
        if (archive !== undefined) await link(archive, join(files, `${task.name}${extname(archive)}`));
        if (task.recipe.debianPackages) {
            await writeMachineFolder(await readDebianSource(task.context, DEBIAN_RELEASE), files);
        }
        // Independent of the checkout's umask: the services run as users that own none of these files.
        await execute(task, "chmod", ["-R", "a+rX", files]);
        await buildImage(task, files);
    } finally {
        await rm(files, { recursive: true, force: true });
    }
    // Build stages contain packages twice, and this machine's mirror settings. Removes only strata's build stages without a name.
    await execute(task, "docker", ["image", "prune", "--force", "--filter", "label=strata.stage=build"]);
}

/** @returns path of the compiled program in the cache */
async function compileProgram(task: DockerfileTask, file: string, program: GoProgram): Promise<string> {
    const { variables = {}, tags = [], copies = {} } = program;
    const flags = buildFlags(tags, variables);
    const environment = goEnvironment(task.context);
    const scratch = join(partsOf(task), "sources");
    return keepPart(task, task.programHash(program), file, (output) =>
        withModuleCopies({ folder: task.folder, copies, scratch, environment }, (sources) =>
            compile({
                step: stepOf(task),
                flags,
                packages: [program.package],
                output,
                cwd: sources,
                environment,
                logFile: logFile(task.context, stepOf(task)),
                log: task.log,
            }),
        ),
    );
}

async function downloadArchive(task: DockerfileTask): Promise<string | undefined> {
    const { archive } = task.recipe;
    if (archive === undefined) return undefined;
    const [, name, version, type] = archive.artifact.split(":");
    return keepPart(task, archive.sha256.slice(0, 12), `${name}-${version}.${type}`, async (file) => {
        const folder = `${file}.folder`;
        const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
        const options = [`-Dartifact=${archive.artifact}`, `-DoutputDirectory=${folder}`];
        await execute(task, "mvn", ["--batch-mode", "--no-transfer-progress", plugin, ...options]);
        await rename(join(folder, `${name}-${version}.${type}`), file);
        await rm(folder, { recursive: true });
        const found = createHash("sha256")
            .update(await readFile(file))
            .digest("hex");
        if (found !== archive.sha256) {
            throw new Error(`image-${task.name}: ${archive.artifact} has SHA-256 ${found}, not ${archive.sha256}`);
        }
    });
}

async function buildImage(task: DockerfileTask, files: string): Promise<void> {
    const { environment } = task.context;
    const args = ["build", "--force-rm", "--label", `strata.image=${task.name}`];
    args.push("--tag", task.tag, "--tag", latestTag(task.name));
    if (task.base !== undefined) args.push("--build-arg", `BASE=${task.base}`);
    if (task.recipe.debianPackages) {
        // Uses the host's network, because a mirror or a proxy may listen on the host's loopback address only.
        args.push("--network", "host");
        for (const variable of ["http_proxy", "https_proxy", "no_proxy"]) {
            if (environment[variable] !== undefined) args.push("--build-arg", variable);
        }
    }
    await execute(task, "docker", [...args, files], { ...environment, BUILDKIT_PROGRESS: "plain" });
}
